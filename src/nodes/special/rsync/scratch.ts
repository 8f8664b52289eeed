import type { Key } from '../../../key/index.ts';
import { openFlags, type Disk, type OpenFile } from '../../../repository/index.ts';
import { joinedPath } from '../files/directories.ts';
import type { PassingFile } from '../files/passing-file.ts';
import type { PassingFiles } from '../files/passing-files.ts';

/** A file that rsync works on, at the same path below its directory as on the remote. */
export interface ScratchFile extends PassingFile {
  readonly file: OpenFile;
}

/**
 * Makes an empty file for something that passes through.
 *
 * @param piece what errors name it by.
 * @param at.path where it is below its directory.
 * @param at.expectedBytes what it will have; `undefined` where that shows at the end.
 * @throws NOT_ENOUGH_SPACE
 */
export async function makeScratchFile(
  files: PassingFiles,
  piece: Key,
  at: { readonly path: string; readonly expectedBytes: number | undefined },
): Promise<ScratchFile> {
  const directory = await files.begin(piece, at.expectedBytes);
  try {
    await makeDirectoriesAbove(at.path, directory.path, files.disk);
    const path = joinedPath(directory.path, at.path);
    const flags = openFlags.O_RDWR | openFlags.O_CREAT | openFlags.O_EXCL;
    const file = await files.disk.open(path, flags, { mode: 0o600 });
    const end = async (): Promise<void> => {
      try {
        await file.close();
      } finally {
        await directory.end();
      }
    };
    return { ...directory, file, end };
  } catch (error) {
    await directory.end();
    throw error;
  }
}

/** Makes the directories that a path below a new directory is in. */
export async function makeDirectoriesAbove(
  path: string,
  directory: string,
  disk: Disk,
): Promise<void> {
  const names = path.split('/').slice(0, -1);
  for (const at of names.keys()) {
    await disk.makeDirectory(joinedPath(directory, names.slice(0, at + 1).join('/')), 0o777);
  }
}
