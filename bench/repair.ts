/**
 * What repair takes: `ballast plan` of a large annex with five nodes beside `git annex find`, copying from
 * node to node beside `cp` with `sync`, and reading contents again beside `sha256sum`.
 *
 *     node bench/repair.ts [--only plan|rebalance|scrub] [--keys N] [--compared N] [--directory DIR]
 *         [--place DIR] [--megabytes 512] [--seconds 20]
 *
 * Without options a plan of 1000000 keys by ballast alone, and of 20000 that both answer: `git annex find` with `--want-get-by`
 * and `--want-drop-by` of each node, and `ballast plan --each`. Needs git-annex, and the built program. The annexes of
 * plans are made below DIR when they are not there yet; without it in a place of their own that is taken away.
 * Fails when an answer differs, never for being slow.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeAnnex } from './repair/make-annex.ts';
import { comparePlan, measurePlan, type MadeAnnex } from './repair/plan.ts';
import { measureRebalance } from './repair/rebalance.ts';
import { measureScrub } from './repair/scrub.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    keys: { type: 'string', default: '1000000' },
    compared: { type: 'string', default: '20000' },
    directory: { type: 'string' },
    place: { type: 'string', default: tmpdir() },
    megabytes: { type: 'string', default: '512' },
    seconds: { type: 'string', default: '20' },
  },
});

const place = mkdtempSync(join(values.place, 'ballast-repair-'));
process.on('exit', () => {
  execFileSync('chmod', ['-R', 'u+w', place]);
  rmSync(place, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(130));
}

/** The parts, by name: each prints its own lines. */
const parts = {
  plan: measurePlans,
  rebalance: async () =>
    await measureRebalance({
      place: join(place, 'rebalance'),
      megabytes: Number(values.megabytes),
    }),
  scrub: async () =>
    await measureScrub({
      place: join(place, 'scrub'),
      megabytes: Number(values.megabytes),
      seconds: Number(values.seconds),
    }),
};

for (const [name, measure] of Object.entries(parts)) {
  if (values.only !== undefined && values.only !== name) continue;
  console.log(`## ${name} (load ${loadavg()[0]?.toFixed(1)})\n`);
  await measure();
}

async function measurePlans(): Promise<void> {
  const work = values.directory ?? join(place, 'plan');
  mkdirSync(join(work, 'home'), { recursive: true });
  const environment = {
    ...process.env,
    HOME: join(work, 'home'),
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'bench',
    GIT_AUTHOR_EMAIL: 'bench@example.org',
    GIT_COMMITTER_NAME: 'bench',
    GIT_COMMITTER_EMAIL: 'bench@example.org',
  };
  const annexOf = async (keys: number, isCheckedOut: boolean): Promise<MadeAnnex> => {
    const directory = join(work, `annex-${keys}`);
    if (!existsSync(directory)) {
      const began = performance.now();
      await makeAnnex(directory, { keys, isCheckedOut, environment });
      const seconds = (performance.now() - began) / 1000;
      console.log(`made an annex of ${keys} keys in ${seconds.toFixed(0)} s`);
    }
    return { directory, keys };
  };
  const perKey = await comparePlan(await annexOf(Number(values.compared), true), environment);
  const large = await annexOf(Number(values.keys), false);
  await measurePlan(large, { environment, ...perKey });
}
