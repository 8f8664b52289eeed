import type { Disk } from './disk.ts';

/**
 * Tells a directory from any other, by whatever path it is reached, and from one that comes to its
 * path later. `undefined` when there is none.
 */
export async function directoryIdentity(
  directory: string,
  disk: Disk,
): Promise<string | undefined> {
  try {
    const status = await disk.status(directory);
    return status && `${status.dev}:${status.ino}`;
  } catch {
    return undefined;
  }
}
