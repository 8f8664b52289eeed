import type { FileLock, FileLockMode } from '../../files/locks.ts';
import { inWritableDirectory } from '../key-directory.ts';
import { letGo, type LockPlace } from './lock-to-keep.ts';
import type { ObjectLocation } from '../object-location.ts';
import { isErrorCode } from '../../../units/index.ts';

/** The right to remove a content, whichever of the two files others lock. */
export interface RemovalLock {
  release(): Promise<void>;
}

/**
 * Why there is no lock: `kept`, since somebody was promised the content; `busy`, as with another
 * removal, or the end of a lock; `gone`, as the content is, or its directory.
 */
export type Hindrance = 'kept' | 'busy' | 'gone';

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
  let beside: FileLock | Hindrance | undefined;
  try {
    beside = place.isLockable ? await tryBeside(location, place) : undefined;
    if (typeof beside === 'string') return beside;
    const object = await tryObject(location.content, place);
    if (typeof object === 'string') {
      await letGo(beside);
      return object;
    }
    const held = [object, beside];
    return { release: async () => void (await Promise.all(held.map(letGo))) };
  } catch (error) {
    if (typeof beside === 'object') await letGo(beside);
    if (isErrorCode(error, 'ENOENT')) return 'gone';
    throw error;
  }
}

async function tryBeside(
  { directory, lock }: ObjectLocation,
  place: LockPlace,
): Promise<FileLock | Hindrance> {
  const made = { create: true, createMode: place.modes.file };
  return await inWritableDirectory(directory, place, () => tryExclusive(lock, place, made));
}

async function tryObject(
  content: Buffer,
  place: LockPlace,
): Promise<FileLock | Hindrance | undefined> {
  const { modes, disk, style } = place;
  if (style === 'beside') {
    const conflict = await place.system.locks.conflicting(content, disk);
    return conflict === undefined ? undefined : hindranceOf(conflict);
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
): Promise<FileLock | Hindrance> {
  try {
    return await system.locks.lock(path, 'exclusive', { ...made, timeoutMs: 0, disk });
  } catch (error) {
    if (!isErrorCode(error, 'FILE_LOCK_TIMEOUT')) throw error;
    return hindranceOf(await system.locks.conflicting(path, disk));
  }
}

/** Only a shared lock is a promise; one that has gone just now leaves the file to the next try. */
function hindranceOf(conflict: FileLockMode | undefined): Hindrance {
  return conflict === 'shared' ? 'kept' : 'busy';
}
