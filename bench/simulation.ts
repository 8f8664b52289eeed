/**
 * The simulator beside `git annex sim`, on the same files in one run; then alone on what the real program
 * cannot do.
 *
 *     node bench/simulation.ts [--large]    # needs git-annex; --large takes a quarter of an hour and 3 GB
 *     node bench/simulation.ts --before DIR [--rounds 5]    # beside an older ballast alone, of a clone
 *
 * Rates are of processor time, since the machine has other work. The real program's is all of its time,
 * with that of the programs it runs. Ours is told cold, as the first run in a process, and warm.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measuredRun, type MeasuredRun } from './language/measured-run.ts';
import type { Measured } from './simulation/measured.ts';
import { allKnowAll, manyAdds, mesh, pair, timedMesh } from './simulation/worlds.ts';

const { values } = parseArgs({
  options: {
    large: { type: 'boolean', default: false },
    before: { type: 'string' },
    rounds: { type: 'string', default: '5' },
  },
});
const program = fileURLToPath(new URL('simulation/run.ts', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
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
const warmRuns = '40';

try {
  console.log(`load average ${loadavg()[0]?.toFixed(1)}`);
  if (values.before === undefined) await besideRealProgram();
  else besideOlder(values.before, Number(values.rounds));
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function besideRealProgram(): Promise<void> {
  await beside('a10', pair(10));
  await beside('a100', pair(100));
  await beside('a300', pair(300));
  await beside('b10', mesh(10, 10));
  alone('a100000', pair(100_000), []);
  alone('b10000', mesh(10, 10_000), []);
  alone('b10000, fair', mesh(10, 10_000), ['--scheduler=fair']);
  alone('b1000, while time passes', timedMesh(10, 1000), []);
  if (values.large) {
    await beside('a1000', pair(1000));
    await beside('b100', mesh(10, 100));
    alone('b100000, while time passes', timedMesh(10, 100_000), []);
    alone('b100000', mesh(10, 100_000), []);
    alone('b100000, fair', mesh(10, 100_000), ['--scheduler=fair']);
    alone('a million lines', manyAdds(1_000_000), []);
    alone('a million keys, 20 views of 20', allKnowAll(20, 1_000_000), []);
  }
}

/** Processor time of runs by this ballast and by an older one, in turns; the least and the most of each. */
function besideOlder(clone: string, rounds: number): void {
  const programs = [program, join(clone, 'bench', 'simulation', 'run.ts')];
  const runs: readonly (readonly [string, string, readonly string[]])[] = [
    ['a300, warm', pair(300), ['--compat', `--warm=${warmRuns}`]],
    ['a100000', pair(100_000), []],
    ['b10000', mesh(10, 10_000), []],
    ['b10000, fair', mesh(10, 10_000), ['--scheduler=fair']],
    ['b1000, while time passes', timedMesh(10, 1000), []],
    ['b10000, while time passes', timedMesh(10, 10_000), []],
  ];
  for (const [name, text, options] of runs) {
    const file = join(work, 'older.sim');
    writeFileSync(file, text);
    const [now = [], before = []] = inTurns(rounds, programs, (one) => ours(file, options, one));
    const ratio = medianOf(now) / medianOf(before);
    console.log(
      `${name}: ${spread(now)}; before ${spread(before)}; ${ratio.toFixed(2)} times as long`,
    );
  }
}

/** The times of each program; who begins changes, since a machine warms up and slows down. */
function inTurns(
  rounds: number,
  programs: readonly string[],
  run: (program: string) => Measured,
): number[][] {
  const times: number[][] = programs.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    const order = programs.map((_, index) => (index + round) % programs.length);
    for (const index of order) times[index]?.push(run(programs[index] ?? program).runMs);
  }
  return times;
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN;
}

function spread(times: readonly number[]): string {
  const most = Math.max(...times).toFixed(1);
  return `${medianOf(times).toFixed(1)} ms (${Math.min(...times).toFixed(1)} to ${most})`;
}

/** Both programs on one text; tells when the logs' lengths differ. */
async function beside(name: string, text: string): Promise<void> {
  const file = join(work, `${name}.sim`);
  writeFileSync(file, text);
  const theirs = await real(file);
  const cold = ours(file, ['--compat']);
  const warm = ours(file, ['--compat', `--warm=${warmRuns}`]);
  const rate = cold.changes / (theirs.run.cpuSeconds || Number.NaN);
  const same =
    theirs.changes === cold.changes ? '' : `, but git-annex made ${theirs.changes} changes`;
  console.log(
    `${name}: git-annex ${rate.toFixed(1)} actions/s; ballast cold ${times(cold, rate)}, ` +
      `warm ${times(warm, rate)}${same}`,
  );
  const { wallSeconds, cpuSeconds, peakMiB } = theirs.run;
  const whole = await measuredRun(process.execPath, [program, '--compat', file], { environment });
  console.log(
    `  whole processes: git-annex ${wallSeconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ` +
      `peak RSS ${peakMiB.toFixed(0)} MiB; ballast ${whole.wallSeconds.toFixed(2)} s, ` +
      `CPU ${whole.cpuSeconds.toFixed(2)} s, peak RSS ${whole.peakMiB.toFixed(0)} MiB`,
  );
}

function times(measured: Measured, rate: number): string {
  const own = measured.changes / (measured.runMs / 1000);
  return `${Math.round(own)}/s (${Math.round(own / rate)} times)`;
}

/** What `git annex sim start` takes, and how many changes its log has. */
async function real(
  file: string,
): Promise<{ readonly run: MeasuredRun; readonly changes: number }> {
  const directory = join(work, 'annex');
  rmSync(directory, { recursive: true, force: true });
  execFileSync('git', ['init', '--quiet', directory]);
  const annex = (...words: string[]) =>
    execFileSync('git', ['-C', directory, 'annex', ...words], { env: environment });
  annex('init', 'bench');
  const run = await measuredRun('git-annex', ['sim', 'start', file], { environment, directory });
  const log = annex('sim', 'show').toString('utf8');
  return { run, changes: log.match(/^(?:not)?present /gm)?.length ?? 0 };
}

function ours(file: string, options: readonly string[], of = program): Measured {
  const printed = execFileSync(process.execPath, [of, ...options, file], { encoding: 'utf8' });
  const measured: Measured = JSON.parse(printed);
  return measured;
}

function alone(name: string, text: string, options: readonly string[]): void {
  const file = join(work, 'alone.sim');
  writeFileSync(file, text);
  const { parseMs, runMs, changes, residentBytes, last, cells, grownBytes } = ours(file, options);
  const rate = changes === 0 ? '' : `, ${Math.round(changes / (runMs / 1000))} actions/s`;
  console.log(
    `${name}: read in ${(parseMs / 1000).toFixed(1)} s, run in ${(runMs / 1000).toFixed(1)} s` +
      `${rate}, ${Math.round(residentBytes / 1e6)} MB at most, ` +
      `${(grownBytes / cells).toFixed(1)} bytes for each key and repository. ${last}`,
  );
}
