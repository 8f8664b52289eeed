import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the real program is here to judge. Its absence is told once, and is a failure in CI. */
export const hasGitAnnex: boolean = findGitAnnex();

function findGitAnnex(): boolean {
  if (spawnSync('git', ['annex', 'version', '--raw']).status === 0) return true;
  if (process.env['CI'] === 'true') throw new Error('CI=true, and git-annex is not installed');
  console.warn('git-annex is not installed: tests that need it are skipped');
  return false;
}

/**
 * The environment of git and git-annex in tests: no configuration of the user's, a fixed identity,
 * and a locale in which git-annex reads its arguments as UTF-8, whatever the machine's is.
 */
export const gitEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  LC_ALL: 'C.UTF-8',
  HOME: mkdtempSync(join(tmpdir(), 'ballast-home-')),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'ballast',
  GIT_AUTHOR_EMAIL: 'ballast@example.org',
  GIT_COMMITTER_NAME: 'ballast',
  GIT_COMMITTER_EMAIL: 'ballast@example.org',
};

/** Runs git, and gives what it prints. Throws when it fails. */
export function git(directory: string, ...words: readonly string[]): string {
  return execFileSync('git', ['-C', directory, ...words], {
    env: gitEnvironment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
