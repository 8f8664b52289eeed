import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AnnexBranch } from '../../src/repository/index.ts';
import { git, gitEnvironment, hasGitAnnex } from './git-annex.ts';
import { copyTemplate, keepTemplate } from './templates.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export { imaginaryUuid, presence, uuidOf } from './presence.ts';

/** How many this process has made. */
let repositories = 0;

/**
 * A new git repository, with the git-annex branch that `git annex init` makes when it is here. Each of a
 * process has a UUID of its own; those of other processes may have them too.
 */
export function annexRepository(): string {
  const directory = join(temporaryDirectory(), 'repository');
  repositories += 1;
  const name = `annex-${repositories}`;
  if (copyTemplate(name, directory)) return directory;
  git('.', 'init', '-q', directory);
  if (hasGitAnnex) git(directory, 'annex', 'init', 'here');
  keepTemplate(name, directory);
  return directory;
}

/** Opens a branch for the time of a test; problems in the background fail it. */
export async function withBranch<T>(
  directory: string,
  work: (branch: AnnexBranch) => Promise<T>,
): Promise<T> {
  const problems: Error[] = [];
  const branch = await AnnexBranch.open(directory, { onProblem: (error) => problems.push(error) });
  let result: T;
  try {
    result = await work(branch);
  } finally {
    await branch.close();
  }
  if (problems[0] !== undefined) throw problems[0];
  return result;
}

/** What `git annex whereis` says: the UUIDs that have the key, sorted. */
export function whereis(directory: string, keyText: string): string[] {
  return uuidsIn(tolerant(() => git(directory, 'annex', 'whereis', '--json', '--key', keyText)));
}

/**
 * Likewise, for a test that serves the repository itself: it must go on while git-annex waits for a
 * lock that it has.
 */
export async function whereisWhileServed(directory: string, keyText: string): Promise<string[]> {
  const words = ['-C', directory, 'annex', 'whereis', '--json', '--key', keyText];
  const answer = promisify(execFile)('git', words, { env: gitEnvironment });
  // It fails when there is no copy, after it has said so.
  const { stdout } = await answer.catch((error: { stdout: string }) => error);
  return uuidsIn(stdout);
}

function uuidsIn(text: string): string[] {
  const answer: unknown = JSON.parse(text);
  const uuids = [...JSON.stringify(answer).matchAll(/"here":(?:true|false),.*?"uuid":"([^"]+)"/g)];
  return uuids.map(([, uuid = '']) => uuid).sort();
}

/** What `git annex maxsize` says: bytes by UUID. */
export function sizesByGitAnnex(directory: string): Map<string, bigint> {
  const text = git(directory, 'annex', 'maxsize', '--json');
  const entries = [...text.matchAll(/"size":(\d+)\},"uuid":"([^"]+)"/g)];
  return new Map(entries.map(([, size = '', uuid = '']) => [uuid, BigInt(size)]));
}

/** The output of a program that may fail after it has said what it knows. */
function tolerant(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string') {
      return error.stdout;
    }
    throw error;
  }
}
