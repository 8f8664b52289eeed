import { GitConfig } from './config/git-config.ts';
import type { CommitIdentity } from './branch/commit-writer.ts';
import type { System } from './system.ts';

/**
 * What opening a branch has to know of its repository: where git keeps its refs, shared by all of its
 * work trees, and its git config.
 * @throws GitError when the directory is in no git repository.
 */
export async function readKnown(
  directory: string,
  { places, configurations }: Pick<System, 'places' | 'configurations'>,
): Promise<{ readonly gitDirectory: string; readonly config: GitConfig }> {
  const { gitDirectory } = await places.find(directory);
  return { gitDirectory, config: await GitConfig.read(directory, configurations) };
}

/** Whose commits a repository's are, by its git config; `ballast <ballast@localhost>` where it says nothing. */
export function identityIn(config: GitConfig): CommitIdentity {
  return {
    name: config.get('user.name') || 'ballast',
    email: config.get('user.email') || 'ballast@localhost',
  };
}
