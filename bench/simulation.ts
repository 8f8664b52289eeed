/**
 * The simulator beside `git annex sim`, on the same files in one run; then alone on what the real program
 * cannot do.
 *
 *     node bench/simulation.ts [--large]    # needs git-annex; --large takes some minutes and 3 GB
 *
 * Rates are of processor time, since the machine has other work. The real program's is all of its time,
 * with that of the programs it runs. Ours is told cold, as the first run in a process, and warm.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Measured } from './simulation/measured.ts';
import { allKnowAll, manyAdds, mesh, pair } from './simulation/worlds.ts';

const { values } = parseArgs({ options: { large: { type: 'boolean', default: false } } });
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
  beside('a10', pair(10));
  beside('a100', pair(100));
  beside('a300', pair(300));
  beside('b10', mesh(10, 10));
  alone('a100000', pair(100_000), []);
  alone('b10000', mesh(10, 10_000), []);
  alone('b10000, fair', mesh(10, 10_000), ['--scheduler=fair']);
  if (values.large) {
    alone('b100000', mesh(10, 100_000), []);
    alone('b100000, fair', mesh(10, 100_000), ['--scheduler=fair']);
    alone('a million lines', manyAdds(1_000_000), []);
    alone('a million keys, 20 views of 20', allKnowAll(20, 1_000_000), []);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Both programs on one text; tells when the logs' lengths differ. */
function beside(name: string, text: string): void {
  const file = join(work, `${name}.sim`);
  writeFileSync(file, text);
  const theirs = realRate(file);
  const cold = ours(file, ['--compat']);
  const warm = ours(file, ['--compat', `--warm=${warmRuns}`]);
  const rate = cold.changes / (theirs.seconds || Number.NaN);
  const same =
    theirs.changes === cold.changes ? '' : `, but git-annex made ${theirs.changes} changes`;
  console.log(
    `${name}: git-annex ${rate.toFixed(1)} actions/s; ballast cold ${times(cold, rate)}, ` +
      `warm ${times(warm, rate)}${same}`,
  );
}

function times(measured: Measured, rate: number): string {
  const own = measured.changes / (measured.runMs / 1000);
  return `${Math.round(own)}/s (${Math.round(own / rate)} times)`;
}

/** Processor seconds of `git annex sim start`, and how many changes its log has. */
function realRate(file: string): { readonly seconds: number; readonly changes: number } {
  const repository = join(work, 'annex');
  rmSync(repository, { recursive: true, force: true });
  execFileSync('git', ['init', '--quiet', repository]);
  const annex = (...words: string[]) =>
    execFileSync('git', ['-C', repository, 'annex', ...words], { env: environment });
  annex('init', 'bench');
  const timed = ['-c', `time -p git -C "$0" annex sim start "$1" 2>&1; exit 0`, repository, file];
  const { stderr } = spawnSync('bash', timed, { env: environment, encoding: 'utf8' });
  const seconds = [...stderr.matchAll(/^(?:user|sys) ([\d.]+)$/gm)];
  const log = annex('sim', 'show').toString('utf8');
  return {
    seconds: seconds.reduce((sum, [, each]) => sum + Number(each), 0),
    changes: log.match(/^(?:not)?present /gm)?.length ?? 0,
  };
}

function ours(file: string, options: readonly string[]): Measured {
  const printed = execFileSync(process.execPath, [program, ...options, file], { encoding: 'utf8' });
  const measured: Measured = JSON.parse(printed);
  return measured;
}

function alone(name: string, text: string, options: readonly string[]): void {
  const file = join(work, 'alone.sim');
  writeFileSync(file, text);
  const { parseMs, runMs, changes, residentBytes, last } = ours(file, options);
  const rate = changes === 0 ? '' : `, ${Math.round(changes / (runMs / 1000))} actions/s`;
  console.log(
    `${name}: read in ${(parseMs / 1000).toFixed(1)} s, run in ${(runMs / 1000).toFixed(1)} s` +
      `${rate}, ${Math.round(residentBytes / 1e6)} MB at most. ${last}`,
  );
}
