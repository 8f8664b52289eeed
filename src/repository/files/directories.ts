import type { Disk } from './disk.ts';
import { fsyncDirectory, parentOf } from './durable.ts';
import { isErrorCode } from '../../units/index.ts';

/**
 * Makes a directory with exactly this mode, whatever the umask; one that exists is left alone.
 * @param disk makes the calls in line where it answers at once.
 * @returns whether it was made.
 */
export async function makeDirectory(path: Buffer, mode: number, disk: Disk): Promise<boolean> {
  const permissions = mode & 0o777;
  try {
    await disk.makeDirectory(path, permissions);
    if (!isMadeAsAsked(mode)) await disk.setMode(path, mode);
    return true;
  } catch (error) {
    if (!isErrorCode(error, 'EEXIST')) throw error;
    return false;
  }
}

/** Whether mkdir(2) and open(2) give exactly this mode: the umask takes nothing, nothing is special. */
export function isMadeAsAsked(mode: number): boolean {
  return (mode & process.umask()) === 0 && (mode & 0o7000) === 0;
}

/** Directories that are being made, by name: whoever finds one there waits for its durability. */
const underWay = new Map<string, Promise<void>>();

/**
 * Makes a directory, whose name is durable when the promise resolves: for one in which something is
 * then acknowledged. Calls at once for one path share the work.
 */
export function makeDirectoryDurably(path: Buffer, mode: number, disk: Disk): Promise<void> {
  const name = path.toString('latin1');
  const shared = underWay.get(name);
  if (shared !== undefined) return shared;
  const made = makeAndSync(path, mode, disk).finally(() => underWay.delete(name));
  underWay.set(name, made);
  return made;
}

/** Resolves when nobody of this process is making that directory durable any more. */
export async function whenDurable(path: Buffer): Promise<void> {
  await underWay.get(path.toString('latin1'));
}

async function makeAndSync(path: Buffer, mode: number, disk: Disk): Promise<void> {
  if (await makeDirectory(path, mode, disk)) await fsyncDirectory(parentOf(path), disk);
}
