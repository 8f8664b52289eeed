/**
 * The expression language beside the real program: the same questions about the same annex,
 * answered by `git annex find --want-get-by` and by ballast in one run; then ballast alone over a
 * world of many keys, and its parser.
 *
 *     node bench/language.ts [--files N] [--keys N] [--runs N]
 *
 * Without options 20000, 1000000 and 3. Needs git-annex.
 *
 * Both read one repository that real git-annex has made. A figure is the best of the runs, with the
 * median of the rates behind it. Targets are for one core, so they are held to processor time.
 * Fails when an answer differs, never for being slow.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Answered } from './language/answer.ts';
import { best, bestAndMedian, lowest, thousands, verdict } from './language/figures.ts';
import { heldBytesOf } from './language/facts.ts';
import { makeAnnex } from './language/make-annex.ts';
import { measuredRun, type MeasuredRun } from './language/measured-run.ts';
import type { ManyDecided } from './language/million-keys.ts';
import type { ParseFigure } from './language/parses.ts';
import { configurationWith, questions, type Asked } from './language/questions.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '20000' },
    keys: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
  },
});
const files = Number(values.files);
const keys = Math.max(files, Number(values.keys));
const runs = Number(values.runs);
const parsesTarget = 20_000;

/** A world that grows by more than this part of itself while it is asked was copied. */
const grownShareMax = 0.1;

const work = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
const annex = join(work, 'annex');
const environment = {
  ...process.env,
  HOME: work,
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
};

try {
  console.log(`load average at the start ${loadavg()[0]?.toFixed(1)}`);
  const configuration = configurationWith(heldBytesOf(files));
  await makeAnnex(annex, { files, configuration, environment });
  for (const asked of questions) {
    console.log(`\n${asked.name}: ${asked.expression}`);
    const compared = await compare(asked);
    printPrograms(compared);
    printMany(compared, asked);
  }
  await measureParses();
  console.log(`\nload average at the end ${loadavg()[0]?.toFixed(1)}`);
} finally {
  execFileSync('chmod', ['-R', 'u+w', work]);
  rmSync(work, { recursive: true, force: true });
}

/** What one question took, run by run. */
interface Compared {
  readonly theirs: MeasuredRun[];
  /** The real program naming the files without the question. */
  readonly listing: MeasuredRun[];
  readonly ours: MeasuredRun[];
  readonly answers: Answered[];
  readonly many: MeasuredRun[];
  readonly decided: ManyDecided[];
}

/** The real program, ballast on the same repository, and ballast over many keys, turn by turn. */
async function compare(asked: Asked): Promise<Compared> {
  const find = ['find', '--format=${file}\\n'];
  const wantGetBy = [...find, `--want-get-by=${asked.repository}`];
  // Once unmeasured: the first run fills git-annex's database of sizes and everybody's disk cache.
  await gitAnnex(wantGetBy);
  const all: Compared = { theirs: [], listing: [], ours: [], answers: [], many: [], decided: [] };
  for (let run = 0; run < runs; run += 1) {
    const real = await gitAnnex(wantGetBy);
    const expected = new Set(real.output.split('\n').filter((line) => line !== ''));
    all.theirs.push(real);
    all.listing.push(await gitAnnex([...find, '--include=*']));
    const our = await ballast('answer.ts', annex, asked.name);
    const answered: Answered = JSON.parse(our.output);
    if (answered.decisions !== files) throw new Error(`ballast saw ${answered.decisions} files`);
    refuseDifference(expected, answered.wantedFiles);
    all.ours.push(our);
    all.answers.push(answered);
    const many = await ballast('million-keys.ts', asked.name, String(keys), String(files));
    const decided: ManyDecided = JSON.parse(many.output);
    refuseDifference(expected, decided.wantedFiles);
    all.many.push(many);
    all.decided.push(decided);
    if (run === 0) console.log(`  both name the same ${expected.size} of ${files} files`);
  }
  return all;
}

function printPrograms({ theirs, listing, ours, answers }: Compared): void {
  programLine('git annex find --want-get-by', theirs);
  programLine('  of it the files alone', listing);
  programLine('ballast, the whole process', ours);
  const milliseconds = (of: (each: Answered) => number): string =>
    `${Math.round(1000 * lowest(answers.map(of)))} ms`;
  console.log(
    `    of it start ${milliseconds(({ startSeconds }) => startSeconds)}, ` +
      `reading the repository ${milliseconds(({ readSeconds }) => readSeconds)}, ` +
      `${files} decisions ${milliseconds(({ decideSeconds }) => decideSeconds)}`,
  );
  const ratio = (of: (run: MeasuredRun) => number): number =>
    lowest(theirs.map(of)) / lowest(ours.map(of));
  console.log(
    `  ballast / git-annex, whole: decisions/s ${ratio(({ wallSeconds }) => wallSeconds).toFixed(2)}  ` +
      `CPU ${(1 / ratio(({ cpuSeconds }) => cpuSeconds)).toFixed(2)}  ` +
      `peak RSS ${(1 / ratio(peak)).toFixed(2)}`,
  );
}

function printMany({ theirs, listing, many, decided }: Compared, { decisionsTarget }: Asked): void {
  const rates = decided.map(({ decisions, decideSeconds }) => decisions / decideSeconds);
  const cpuRates = decided.map(({ decisions, decideCpuSeconds }) => decisions / decideCpuSeconds);
  targetLine(`ballast, ${thousands(keys)} keys`, decisionsTarget, { rates, cpuRates });
  const wall = ({ wallSeconds }: MeasuredRun): number => wallSeconds;
  const theirRate = files / Math.max(0.01, lowest(theirs.map(wall)) - lowest(listing.map(wall)));
  console.log(
    `  ballast deciding / git-annex deciding and reading locations: ${(best(rates) / theirRate).toFixed(0)}  ` +
      `(git-annex ${thousands(theirRate)}/s: its run less that for the files alone)`,
  );
  const worldMiB = lowest(decided.map((each) => each.worldMiB));
  const grownMiB = lowest(decided.map((each) => each.grownMiB));
  console.log(
    `  the world is ${worldMiB.toFixed(1)} MiB of typed arrays; after all decisions ` +
      `${grownMiB.toFixed(1)} MiB more in use, peak RSS ${lowest(many.map(peak)).toFixed(0)} MiB; ` +
      `no copy: ${verdict(grownMiB < worldMiB * grownShareMax)}`,
  );
}

async function measureParses(): Promise<void> {
  console.log('\nparses of the longest standard expression');
  const all: (readonly ParseFigure[])[] = [];
  const processes: MeasuredRun[] = [];
  for (let run = 0; run < runs; run += 1) {
    const measured = await ballast('parses.ts');
    processes.push(measured);
    const figures: readonly ParseFigure[] = JSON.parse(measured.output);
    all.push(figures);
  }
  for (const name of (all[0] ?? []).map((figure) => figure.name)) {
    const figures = all.flatMap((run) => run.filter((figure) => figure.name === name));
    targetLine(name, parsesTarget, {
      rates: figures.map(({ parsesPerSecond }) => parsesPerSecond),
      cpuRates: figures.map(({ parsesPerCpuSecond }) => parsesPerCpuSecond),
    });
  }
  console.log(`  peak RSS ${lowest(processes.map(peak)).toFixed(0)} MiB`);
}

function gitAnnex(words: readonly string[]): Promise<MeasuredRun> {
  return measuredRun('git-annex', words, { environment, directory: annex });
}

function ballast(program: string, ...words: readonly string[]): Promise<MeasuredRun> {
  const path = fileURLToPath(new URL(`./language/${program}`, import.meta.url));
  return measuredRun(process.execPath, ['--expose-gc', path, ...words], { environment });
}

function refuseDifference(expected: ReadonlySet<string>, wantedFiles: readonly string[]): void {
  const given = new Set(wantedFiles);
  const missing = [...expected].filter((file) => !given.has(file));
  const wrong = wantedFiles.filter((file) => !expected.has(file));
  if (missing.length + wrong.length === 0) return;
  throw new Error(
    `ballast and git-annex differ: ${missing.length} files only by git-annex (${missing.slice(0, 3).join(', ')}), ` +
      `${wrong.length} only by ballast (${wrong.slice(0, 3).join(', ')})`,
  );
}

function programLine(name: string, all: readonly MeasuredRun[]): void {
  const rates = all.map(({ wallSeconds }) => files / wallSeconds);
  console.log(
    `  ${name.padEnd(30)}${bestAndMedian(rates)}  ` +
      `CPU ${lowest(all.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2)} s  ` +
      `peak RSS ${lowest(all.map(peak)).toFixed(0)} MiB`,
  );
}

/** Rates a second of the clock, and of the processor, which a busy machine disturbs less. */
function targetLine(
  name: string,
  target: number,
  { rates, cpuRates }: { rates: readonly number[]; cpuRates: readonly number[] },
): void {
  console.log(
    `  ${name.padEnd(30)}${bestAndMedian(rates)}  a CPU second ${bestAndMedian(cpuRates)}  ` +
      `target ${thousands(target)}: ${verdict(best(cpuRates) >= target)}`,
  );
}

function peak({ peakMiB }: MeasuredRun): number {
  return peakMiB;
}
