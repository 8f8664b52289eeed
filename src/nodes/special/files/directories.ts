import { fsyncDirectory, type Disk } from '../../../repository/index.ts';
import { encodeText, isErrorCode } from '../../../units/index.ts';

/** The directories above a piece, outermost first, and its file. */
export interface PiecePlace {
  readonly outer: Buffer;
  readonly inner: Buffer;
  /** The directory that only this piece is in. */
  readonly own: Buffer;
  readonly content: Buffer;
}

/** A name in a directory; both may be of any bytes. */
export function joinedPath(directory: string | Buffer, name: string): Buffer {
  const bytes = typeof directory === 'string' ? Buffer.from(encodeText(directory)) : directory;
  return Buffer.concat([bytes, Buffer.from('/'), encodeText(name)]);
}

/** Makes directories as the umask says, each in the one before it; those that are there stay as they are. */
export async function makeDirectories(paths: readonly Buffer[], disk: Disk): Promise<void> {
  for (const path of paths) {
    try {
      await disk.makeDirectory(path, 0o777);
      await fsyncDirectory(path.subarray(0, path.lastIndexOf('/')), disk);
    } catch (error) {
      if (!isErrorCode(error, 'EEXIST')) throw error;
    }
  }
}

/** Removes a piece with the directory of its own, and the ones above it that are empty then. Durable. */
export async function clearPlace(place: PiecePlace, disk: Disk): Promise<void> {
  if (!(await clearDirectory(place.own, disk))) return;
  await fsyncDirectory(place.inner, disk);
  for (const path of [place.inner, place.outer]) {
    try {
      await disk.removeDirectory(path);
    } catch (error) {
      if (isErrorCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) return;
      throw error;
    }
  }
}

/** Removes a directory with all that is in it, whatever its mode; whether it was there. */
export async function clearDirectory(path: Buffer, disk: Disk): Promise<boolean> {
  let names: Buffer[];
  try {
    await disk.setMode(path, 0o755);
    names = await disk.names(path);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
  for (const name of names) {
    const inner = Buffer.concat([path, Buffer.from('/'), name]);
    try {
      await disk.remove(inner);
    } catch (error) {
      if (!isErrorCode(error, 'EISDIR', 'EPERM') || !(await clearDirectory(inner, disk)))
        throw error;
    }
  }
  try {
    await disk.removeDirectory(path);
  } catch (error) {
    // Somebody else removes it, too.
    if (!isErrorCode(error, 'ENOENT')) throw error;
  }
  return true;
}
