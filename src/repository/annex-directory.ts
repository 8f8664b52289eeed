import { annexModes } from './files/annex-modes.ts';
import type { Disk } from './files/disk.ts';
import { makeDirectory } from './files/directories.ts';
import { fsyncDirectory } from './files/durable.ts';
import type { GitConfig } from './config/git-config.ts';
import { isErrorCode } from '../units/index.ts';

/**
 * The directory of everything that git-annex keeps. What others made in it and did not sync becomes
 * durable here, so that all that is made later stands on firm ground.
 */
export async function makeAnnexDirectory(
  gitDirectory: string,
  config: GitConfig,
  disk: Disk,
): Promise<void> {
  const annex = Buffer.from(`${gitDirectory}/annex`);
  const modes = annexModes(config.get('core.sharedrepository'), process.umask());
  try {
    await makeDirectory(annex, modes.directory, disk);
    await fsyncDirectory(gitDirectory, disk);
    await fsyncDirectory(annex, disk);
  } catch (error) {
    // Where nothing can be made later either, what is there can still be read.
    if (!isErrorCode(error, 'EROFS')) throw error;
  }
}
