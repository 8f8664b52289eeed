// The body of `npm test`: every check there is, in order from quick to slow. Each step before the
// tests counts as one. The last line is the count, for people and for machines. With --long, of
// `npm run test:long`: only the tests that take too long for every day.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { breaches } from './house-rules.js';
import { run, secondsSince, withLocalPrograms } from './run.js';
import { orTrouble } from './trouble.js';
import { countTests } from './vitest-report.js';

/** @typedef {import('./vitest-report.js').Counts} Counts */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const env = withLocalPrograms(root);
/** .ci/run is given 25 minutes for everything. */
const testsMsMax = 23 * 60_000;
/** Nobody waits for the long ones, but one that hangs must end within a night. */
const longTestsMsMax = 12 * 3_600_000;

/** @type {ReadonlyArray<readonly [name: string, program: string, args: readonly string[]]>} */
const steps = [
  ['format', 'biome', ['format', '.']],
  ['lint', 'oxlint', ['--type-aware']],
  ['types of the program', 'tsc', ['--noEmit', '-p', 'tsconfig.json']],
  ['types of everything', 'tsc', ['--noEmit', '-p', 'tsconfig.check.json']],
  ['floors', 'depcruise', ['--config', '.dependency-cruiser.js', 'src']],
  ['what nobody uses', 'knip', ['--no-progress', '--treat-config-hints-as-errors']],
];

const isLong = process.argv[2] === '--long';
const filters = process.argv.slice(isLong ? 3 : 2);
await orTrouble('check', async () => {
  const checked = filters.length === 0 && !isLong ? [await checkSteps()] : [];
  const counted = isLong
    ? await tests(['--config', 'vitest.long.config.ts', ...filters], longTestsMsMax)
    : await tests(filters, testsMsMax);
  close([...checked, counted]);
});

/** @returns {Promise<Counts>} */
async function checkSteps() {
  const results = [];
  for (const [name, program, args] of steps)
    results.push(
      await step(name, async () => {
        const ended = await run(program, args, { cwd: root, env });
        return ended.status === 0 ? '' : ended.output || `${program} ended with ${ended.status}`;
      }),
    );
  results.push(await step('house rules', async () => (await breaches(root)).join('\n')));
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed, skipped: 0, problems: [] };
}

/**
 * @param {string} name
 * @param {() => Promise<string>} check gives what is wrong, empty when nothing is.
 * @returns {Promise<boolean>} whether nothing is.
 */
async function step(name, check) {
  const startMs = performance.now();
  const wrong = await check();
  console.log(`${wrong === '' ? 'passed' : 'FAILED'}  ${name}, ${secondsSince(startMs)}`);
  if (wrong !== '') console.log(`${wrong.trimEnd()}\n`);
  return wrong === '';
}

/**
 * Runs vitest, its output shown as it comes.
 * @param {readonly string[]} args what was given after `npm test --`.
 * @param {number} timeoutMs
 * @returns {Promise<Counts>}
 */
async function tests(args, timeoutMs) {
  const startMs = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'ballast-check-'));
  try {
    const file = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const options = { cwd: root, env, isShown: true, timeoutMs };
    const ended = await run('vitest', ['run', ...reporters, ...args], options);
    const report = await readFile(file, 'utf8').catch(() => undefined);
    const counted = countTests(report, ended.status);
    for (const problem of counted.problems) console.log(`outside any test: ${problem}`);
    if (ended.isTimedOut) console.log(`the tests were ended after ${secondsSince(startMs)}`);
    console.log(`${counted.failed === 0 ? 'passed' : 'FAILED'}  tests, ${secondsSince(startMs)}`);
    return counted;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {readonly Counts[]} counts */
function close(counts) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ kind) =>
    counts.reduce((total, count) => total + count[kind], 0);
  const skipped = sum('skipped');
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}
