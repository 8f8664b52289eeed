/** `ballast plan`, measured; and what it says beside what the real program says. */
import { fileURLToPath } from 'node:url';
import { verdict } from '../language/figures.ts';
import { measuredRun, type MeasuredRun } from '../language/measured-run.ts';
import { nodes } from './make-annex.ts';

const program = fileURLToPath(new URL('../../dist/ballast.js', import.meta.url));

/** What a million keys and five nodes may take. */
const target = { secondsMax: 60, peakMiBMax: 1024 };

export interface MadeAnnex {
  readonly directory: string;
  readonly keys: number;
}

/** What the real program takes for all nodes, microseconds for each key. */
export interface RealPerKey {
  readonly wallMicros: number;
  readonly cpuMicros: number;
}

/**
 * Both about the same keys.
 * @throws Error when an answer differs.
 */
export async function comparePlan(
  { directory, keys }: MadeAnnex,
  environment: NodeJS.ProcessEnv,
): Promise<RealPerKey> {
  const find = (words: readonly string[]): Promise<MeasuredRun> =>
    measuredRun('git-annex', ['find', '--format=${file}\\n', ...words], { environment, directory });
  // Once unmeasured: the first run fills git-annex's databases and everybody's disk cache.
  await find([`--want-get-by=${nodes[1]}`]);
  const expected = new Set<string>();
  let [wallSeconds, cpuSeconds, peakMiB] = [0, 0, 0];
  for (const node of nodes) {
    for (const [move, words] of [
      ['get', [`--want-get-by=${node}`, '--not', `--in=${node}`]],
      ['drop', [`--want-drop-by=${node}`, `--in=${node}`]],
    ] as const) {
      const run = await find(words);
      for (const file of run.output.split('\n')) {
        if (file !== '') expected.add(`${move} ${node} ${file}`);
      }
      wallSeconds += run.wallSeconds;
      cpuSeconds += run.cpuSeconds;
      peakMiB = Math.max(peakMiB, run.peakMiB);
    }
  }
  const words = [program, 'plan', '--each', '--json', directory];
  const ours = await measuredRun(process.execPath, words, { environment });
  refuseDifference(expected, new Set(movesIn(ours.output)));
  console.log(
    `\n${keys} keys, 5 nodes: ballast and git-annex name the same ${expected.size} moves`,
  );
  line('git annex find, 10 runs', keys, { output: '', wallSeconds, cpuSeconds, peakMiB });
  line('ballast plan --each', keys, ours);
  return { wallMicros: (wallSeconds / keys) * 1e6, cpuMicros: (cpuSeconds / keys) * 1e6 };
}

/** Ballast alone about many keys. */
export async function measurePlan(
  { directory, keys }: MadeAnnex,
  { environment, wallMicros, cpuMicros }: { environment: NodeJS.ProcessEnv } & RealPerKey,
): Promise<void> {
  const words = [program, 'plan', '--summary', directory];
  const ours = await measuredRun(process.execPath, words, { environment });
  console.log(`\n${keys} keys, 5 nodes: ${ours.output.trimEnd().split('\n').at(-1)}`);
  line('ballast plan --summary', keys, ours);
  const ratio = (micros: number, seconds: number): string =>
    (micros / ((seconds / keys) * 1e6)).toFixed(1);
  console.log(
    `  a key git-annex / ballast: time ${ratio(wallMicros, ours.wallSeconds)}, ` +
      `CPU ${ratio(cpuMicros, ours.cpuSeconds)}`,
  );
  console.log(
    `  under ${target.secondsMax} s: ${verdict(ours.wallSeconds < target.secondsMax)}; ` +
      `below ${target.peakMiBMax} MiB: ${verdict(ours.peakMiB < target.peakMiBMax)}`,
  );
}

/** The real program names what nobody has, what has no room and what has to stay like all else. */
function* movesIn(output: string): Generator<string, void, undefined> {
  const theirs = new Map([
    ['get', 'get'],
    ['full', 'get'],
    ['lost', 'get'],
    ['drop', 'drop'],
    ['keep', 'drop'],
  ]);
  for (const text of output.split('\n')) {
    if (text === '') continue;
    const { move = '', repository = '', files = [] }: PlanLine = JSON.parse(text);
    const named = theirs.get(move);
    if (named !== undefined) for (const file of files) yield `${named} ${repository} ${file}`;
  }
}

interface PlanLine {
  readonly move?: string;
  readonly repository?: string;
  readonly files?: readonly string[];
}

function refuseDifference(theirs: ReadonlySet<string>, ours: ReadonlySet<string>): void {
  const missing = [...theirs].filter((move) => !ours.has(move));
  const wrong = [...ours].filter((move) => !theirs.has(move));
  if (missing.length + wrong.length === 0) return;
  throw new Error(
    `ballast and git-annex differ: ${missing.length} only by git-annex (${missing.slice(0, 3).join('; ')}), ` +
      `${wrong.length} only by ballast (${wrong.slice(0, 3).join('; ')})`,
  );
}

function line(name: string, keys: number, run: MeasuredRun): void {
  const perKey = ((run.wallSeconds / keys) * 1e6).toFixed(1);
  console.log(
    `  ${name.padEnd(26)}${run.wallSeconds.toFixed(2)} s, ${perKey} us a key, ` +
      `CPU ${run.cpuSeconds.toFixed(2)} s, peak RSS ${run.peakMiB.toFixed(0)} MiB`,
  );
}
