/**
 * What repair of a large annex takes: `ballast plan` of five nodes, beside the real program.
 *
 *     node bench/repair.ts [--keys N] [--compared N] [--directory DIR]
 *
 * Without options 1000000 keys for ballast alone, and 20000 that both answer: `git annex find` with `--want-get-by` and
 * `--want-drop-by` of each node, and `ballast plan --each`. Needs git-annex, and the built program. The annexes are
 * made below DIR when they are not there yet; without it in a place of their own that is taken away.
 * Fails when an answer differs, never for being slow.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeAnnex } from './repair/make-annex.ts';
import { comparePlan, measurePlan, type MadeAnnex } from './repair/plan.ts';

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '1000000' },
    compared: { type: 'string', default: '20000' },
    directory: { type: 'string' },
  },
});

const work = values.directory ?? mkdtempSync(join(tmpdir(), 'ballast-bench-'));
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

try {
  console.log(`load average at the start ${loadavg()[0]?.toFixed(1)}`);
  const compared = await annexOf(Number(values.compared), true);
  const perKey = await comparePlan(compared, environment);
  const large = await annexOf(Number(values.keys), false);
  await measurePlan(large, { environment, ...perKey });
  console.log(`load average at the end ${loadavg()[0]?.toFixed(1)}`);
} finally {
  if (values.directory === undefined) {
    execFileSync('chmod', ['-R', 'u+w', work]);
    rmSync(work, { recursive: true, force: true });
  }
}

async function annexOf(keys: number, isCheckedOut: boolean): Promise<MadeAnnex> {
  const directory = join(work, `annex-${keys}`);
  if (!existsSync(directory)) {
    const began = performance.now();
    await makeAnnex(directory, { keys, isCheckedOut, environment });
    const seconds = (performance.now() - began) / 1000;
    console.log(`made an annex of ${keys} keys in ${seconds.toFixed(0)} s`);
  }
  return { directory, keys };
}
