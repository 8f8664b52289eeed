import { resolve } from 'node:path';
import { GitConfig } from './git/git-config.ts';
import { runGit } from './git/git.ts';
import type { CommitIdentity } from './branch/commit-writer.ts';

/**
 * What opening a branch has to know of its repository: where git keeps its refs, shared by all of its
 * work trees, and its git config.
 * @throws GitError when the directory is in no git repository.
 */
export async function readKnown(
  directory: string,
): Promise<{ readonly gitDirectory: string; readonly config: GitConfig }> {
  const output = await runGit(['rev-parse', '--git-common-dir'], { directory });
  const gitDirectory = resolve(directory, output.toString().replace(/\n$/, ''));
  return { gitDirectory, config: await GitConfig.read(directory) };
}

/** Whose commits a repository's are, by its git config; `ballast <ballast@localhost>` where it says nothing. */
export function identityIn(config: GitConfig): CommitIdentity {
  return {
    name: config.get('user.name') || 'ballast',
    email: config.get('user.email') || 'ballast@localhost',
  };
}
