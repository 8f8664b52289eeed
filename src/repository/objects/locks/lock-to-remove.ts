import type { FileLock, FileLockMode } from '../../files/locks.ts';
import { inWritableDirectory } from '../key-directory.ts';
import { letGo, type LockPlace } from './lock-to-keep.ts';
import type { ObjectLocation } from '../object-location.ts';
import { isErrorCode } from '../../../units/index.ts';

/** The right to remove a content, whichever of the two files others lock. */
export interface RemovalLock {
  readonly kind: 'taken';
  release(): Promise<void>;
}

/**
 * Why there is no lock: `promised`, since somebody relies on the content; `busy`, as with another
 * removal, or the end of a lock; `gone`, as the content is, or its directory.
 */
interface Hindrance {
  readonly kind: 'promised' | 'busy' | 'gone';
}

/** The lock on one file; none where nothing has to be locked. */
type Try = { readonly kind: 'taken'; readonly lock: FileLock | undefined } | Hindrance;

/**
 * Locks a content exclusively at `KEYFILE.lck`, and itself where git-annex does that. From version 10
 * on only what began before the upgrade can still keep the content itself, and that is looked for.
 *
 * @param place.isLockable whether the file system takes the name `KEYFILE.lck`.
 */
export async function tryLockToRemove(
  location: ObjectLocation,
  place: LockPlace & { readonly isLockable: boolean },
): Promise<RemovalLock | Hindrance> {
  let beside: FileLock | undefined;
  try {
    if (place.isLockable) {
      const first = await tryBeside(location, place);
      if (first.kind !== 'taken') return first;
      beside = first.lock;
    }
    const object = await tryObject(location.content, place);
    if (object.kind !== 'taken') {
      await letGo(beside);
      return object;
    }
    const held = [object.lock, beside];
    return { kind: 'taken', release: async () => void (await Promise.all(held.map(letGo))) };
  } catch (error) {
    await letGo(beside);
    if (isErrorCode(error, 'ENOENT')) return { kind: 'gone' };
    throw error;
  }
}

async function tryBeside({ directory, lock }: ObjectLocation, place: LockPlace): Promise<Try> {
  const made = { create: true, createMode: place.modes.file };
  return await inWritableDirectory(directory, place, () => tryExclusive(lock, place, made));
}

async function tryObject(content: Buffer, place: LockPlace): Promise<Try> {
  const { modes, disk, style } = place;
  if (style === 'beside') {
    const conflict = await place.system.locks.conflicting(content, disk);
    return conflict === undefined ? { kind: 'taken', lock: undefined } : hindranceOf(conflict);
  }
  try {
    return await tryExclusive(content, place);
  } catch (error) {
    if (!isErrorCode(error, 'EACCES')) throw error;
  }
  // Only who may write a file may lock it exclusively. git-annex opens it for the moment, too.
  await disk.setMode(content, modes.file);
  try {
    return await tryExclusive(content, place);
  } finally {
    await disk.setMode(content, modes.content);
  }
}

async function tryExclusive(
  path: Buffer,
  { disk, system }: LockPlace,
  made: { readonly create?: boolean; readonly createMode?: number } = {},
): Promise<Try> {
  try {
    const lock = await system.locks.lock(path, 'exclusive', { ...made, timeoutMs: 0, disk });
    return { kind: 'taken', lock };
  } catch (error) {
    if (!isErrorCode(error, 'FILE_LOCK_TIMEOUT')) throw error;
    return hindranceOf(await system.locks.conflicting(path, disk));
  }
}

/** Only a shared lock is a promise; one that has gone just now leaves the file to the next try. */
function hindranceOf(conflict: FileLockMode | undefined): Hindrance {
  return { kind: conflict === 'shared' ? 'promised' : 'busy' };
}
