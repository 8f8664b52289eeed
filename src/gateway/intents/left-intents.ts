import type { Disk, FileLock, System } from '../../repository/index.ts';
import { intentDirectory } from './intent-book.ts';
import { readIntents } from './intent-file.ts';
import type { IntendedAct } from './intent-text.ts';
import { errorCode, isErrorCode } from '../../units/index.ts';

/** Files of ended processes that are looked at in one go; the rest has its turn in the next. */
const filesMax = 1000;

interface Place {
  readonly disk: Disk;
  readonly system: Pick<System, 'locks'>;
}

/** What a process that ended without an end of its acts has left. */
export interface LeftIntents {
  /** Of its file. */
  readonly name: string;
  readonly acts: readonly IntendedAct[];
  /** Gives the file back: removed when all of it is settled, else for the next who looks. */
  end(isSettled: boolean): Promise<void>;
}

/**
 * The files of processes that are gone, each locked so that nobody else settles it meanwhile. Those
 * of living processes are locked by them.
 */
export async function leftIntents(annexDirectory: string, place: Place): Promise<LeftIntents[]> {
  const directory = intentDirectory(annexDirectory);
  const names = await namesIn(directory, place.disk);
  const left: LeftIntents[] = [];
  try {
    for (const name of names.slice(0, filesMax)) {
      const one = await take(directory, name, place);
      if (one !== undefined) left.push(one);
    }
  } catch (error) {
    await Promise.all(left.map((one) => one.end(false)));
    throw error;
  }
  return left;
}

async function take(
  directory: string,
  name: string,
  place: Place,
): Promise<LeftIntents | undefined> {
  const { disk } = place;
  const path = `${directory}/${name}`;
  const lock = await tryLockIfThere(path, place);
  if (lock === undefined) return undefined;
  const end = async (isSettled: boolean): Promise<void> => {
    try {
      if (isSettled) await disk.remove(path);
    } finally {
      lock.release();
    }
  };
  try {
    const acts = await readIntents(path, disk);
    if (acts.length > 0) return { name, acts, end };
    await end(true);
    return undefined;
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function namesIn(directory: string, disk: Disk): Promise<string[]> {
  try {
    return (await disk.names(directory)).map((name) => name.toString());
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** `undefined` when a living process has it, another one has just settled it, or it is not ours. */
async function tryLockIfThere(path: string, place: Place): Promise<FileLock | undefined> {
  try {
    return await place.system.locks.tryLock(path, 'exclusive', { disk: place.disk });
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') return undefined;
    throw error;
  }
}
