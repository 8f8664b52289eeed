import { stat } from 'node:fs/promises';
import type { Disk } from './disk.ts';

/**
 * Tells a directory from any other, by whatever path it is reached, and from one that comes to its
 * path later. `undefined` when there is none.
 *
 * @param disk looks in line where it answers at once.
 */
export async function directoryIdentity(
  directory: string,
  disk?: Disk,
): Promise<string | undefined> {
  try {
    const status = await (disk?.status(directory) ?? stat(directory, { bigint: true }));
    return status && `${status.dev}:${status.ino}`;
  } catch {
    return undefined;
  }
}
