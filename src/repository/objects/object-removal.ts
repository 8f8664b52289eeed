import type { Disk, FileStatus, Soon } from '../files/disk.ts';
import type { System } from '../system.ts';
import { inWritableDirectory, removeEmptyDirectories } from './key-directory.ts';
import type { LockPlace } from './locks/lock-to-keep.ts';
import { tryLockToRemove, type RemovalLock } from './locks/lock-to-remove.ts';
import type { ObjectLocation } from './object-location.ts';
import { readRetention, removeRetention } from './locks/retention.ts';
import { isErrorCode } from '../../units/index.ts';

/** What taking a content away is done with. */
export interface RemovalPlace extends LockPlace {
  /** Whether lock files can stand beside the content. */
  readonly isLockable: boolean;
  readonly system: Pick<System, 'clock' | 'locks'>;
}

/** What a removal works on. */
export interface RemovalParts extends RemovalPlace {
  readonly locations: readonly ObjectLocation[];
  /** Whether a file is the content, so far as its size tells. */
  isRight(location: ObjectLocation, status: FileStatus): boolean;
  /** Keeps a file that is not the content elsewhere, if this is its only name. */
  setAside(location: ObjectLocation): Promise<void>;
  /** Asked before each step, and when nothing is left to wait for, right before the content is deleted. */
  mayRemove(): boolean;
  /** Deletes the content by a call that asks what it is handed right before it begins. */
  deleteBy(call: (mayBegin: () => boolean) => Soon<void>): Promise<void>;
}

/**
 * What became of a removal: `locked` when somebody was promised that the content stays, `late` when the
 * time for it was over before it began.
 */
export type Removal = 'removed' | 'absent' | 'locked' | 'late';

/** Longest wait for another process that removes the content too, or is just ending a lock. */
const otherRemoverMs = 10_000;
const pollMs = 5;

/**
 * Removes a content wherever it stands (spec/git-annex-branch.md sections 2.1 and 2.2):
 * 1. lock exclusively what git-annex locks, 2. see that no `.rtm` lasts and that the removal is still
 * wanted, 3. delete the content, 4. its lock files, 5. directories that are empty. After a crash past 3
 * the content is absent, and what is left over is used again by a deposit and cleared by the next
 * removal. A file that is not the content is set aside, and what was to be removed is `absent`.
 *
 * Each call may wait for the disk for hours, and so it is asked before each whether the content may
 * still be removed. Only the one call that deletes it cannot be taken back once the system has it.
 */
export async function removeObject(removal: RemovalParts): Promise<Removal> {
  const locks: RemovalLock[] = [];
  const places: ObjectLocation[] = [];
  let isRemoved = false;
  try {
    for (const location of removal.locations) {
      const lock = await lockForRemoval(location, removal);
      if (lock.kind !== 'taken') {
        if (lock.kind === 'locked') return 'locked';
        continue;
      }
      places.push(location);
      locks.push(lock);
      if (await isRetained(location, removal)) return 'locked';
    }
    if (places.length > 0 && !removal.mayRemove()) return 'late';
    for (const location of places) {
      const isContent = await isRight(location, removal);
      if (!(await clears(location, isContent, removal))) {
        // Where the content itself is gone already, nothing of it is left to be refused.
        return isRemoved && !isContent ? 'removed' : 'late';
      }
      isRemoved ||= isContent;
    }
  } finally {
    for (const lock of locks) await lock.release();
  }
  if (places.length > 0) return isRemoved ? 'removed' : 'absent';
  for (const location of removal.locations) await clearLeftovers(location, removal);
  return 'absent';
}

/** What has gone by itself just now was the content as far as anybody knew. */
async function isRight(location: ObjectLocation, removal: RemovalParts): Promise<boolean> {
  const status = await removal.disk.look(location.content);
  return status === undefined || removal.isRight(location, status);
}

/** Whether a promise lasts that whoever gave it need no longer be there for. */
export async function isRetained(location: ObjectLocation, place: RemovalPlace): Promise<boolean> {
  if (!place.isLockable) return false;
  const retention = await readRetention(location, place.disk);
  return (retention?.untilMs ?? 0) > place.system.clock.wallMs();
}

type Taken = RemovalLock | { readonly kind: 'locked' | 'absent' };

/** The right to take away what is in a place, once others who take it away, or end a lock, are done. */
export async function lockForRemoval(
  location: ObjectLocation,
  removal: RemovalPlace,
): Promise<Taken> {
  const { clock } = removal.system;
  const deadline = clock.steadyMs() + otherRemoverMs;
  for (;;) {
    if (!(await isFile(location.content, removal.disk))) return { kind: 'absent' };
    const lock = await tryLockToRemove(location, removal);
    if (lock.kind === 'taken') {
      if (await isFile(location.content, removal.disk)) return lock;
      await lock.release();
      return { kind: 'absent' };
    }
    if (lock.kind === 'gone') continue;
    if (lock.kind === 'promised' || clock.steadyMs() > deadline) return { kind: 'locked' };
    await clock.sleep(pollMs);
  }
}

/** Clears a place of what is there; whether that was still wanted when the disk came to it. */
async function clears(
  location: ObjectLocation,
  isContent: boolean,
  removal: RemovalParts,
): Promise<boolean> {
  const { disk } = removal;
  if (!isContent) {
    if (!removal.mayRemove()) return false;
    await removal.setAside(location);
  }
  let isGone = false;
  try {
    await inWritableDirectory(location.directory, removal, async () => {
      if (!isGone) {
        await removal.deleteBy((mayBegin) => disk.remove(location.content, { mayBegin }));
        isGone = true;
      }
      await removeRetention(location, disk);
      await disk.remove(location.lock);
    });
  } catch (error) {
    if (isErrorCode(error, 'CALL_NOT_BEGUN')) return false;
    throw error;
  }
  await removeEmptyDirectories(location, disk);
  return true;
}

/** What a crash left of a content that is gone: lock files and empty directories. */
async function clearLeftovers(location: ObjectLocation, removal: RemovalParts): Promise<void> {
  const { disk } = removal;
  try {
    const isLockable = removal.isLockable;
    const lock = isLockable
      ? await removal.system.locks.tryLock(location.lock, 'exclusive', { disk })
      : undefined;
    try {
      if (lock === undefined || (await isFile(location.content, disk))) return;
      await inWritableDirectory(location.directory, removal, async () => {
        await removeRetention(location, disk);
        await disk.remove(location.lock);
      });
    } finally {
      lock?.release();
    }
  } catch (error) {
    if (!isErrorCode(error, 'ENOENT')) throw error;
  }
  await removeEmptyDirectories(location, disk);
}

async function isFile(path: Buffer, disk: Disk): Promise<boolean> {
  return (await disk.look(path))?.isFile() === true;
}
