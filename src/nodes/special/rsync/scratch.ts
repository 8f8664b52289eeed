import type { Key } from '../../../key/index.ts';
import { openFlags, type OpenFile } from '../../../repository/index.ts';
import { joinedPath } from '../files/directories.ts';
import type { PassingFiles } from '../files/passing-files.ts';
import type { PassingFile } from '../files/passing-file.ts';
import type { RsyncDirectory } from './rsync.ts';

/** A file that rsync works on, at the same path below its directory as on the remote. */
export interface ScratchFile extends PassingFile {
  readonly file: OpenFile;
}

/**
 * Makes an empty file for a piece that passes through.
 *
 * @param expectedBytes what it will have; `undefined` where that shows at the end.
 * @throws NOT_ENOUGH_SPACE
 */
export async function makeScratchFile(
  files: PassingFiles,
  piece: Key,
  at: { readonly place: RsyncDirectory; readonly expectedBytes: number | undefined },
): Promise<ScratchFile> {
  const { outer, inner, name } = at.place;
  const directory = await files.begin(piece, at.expectedBytes);
  try {
    const paths = [outer, inner, name].map((_, place, all) =>
      joinedPath(directory.path, all.slice(0, place + 1).join('/')),
    );
    for (const path of paths) await files.disk.makeDirectory(path, 0o777);
    const path = joinedPath(directory.path, `${outer}/${inner}/${name}/${name}`);
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
