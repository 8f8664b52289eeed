import { stat } from 'node:fs/promises';

/**
 * Tells a directory from any other, by whatever path it is reached, and from one that comes to its
 * path later. `undefined` when there is none.
 */
export async function directoryIdentity(directory: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(directory, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
