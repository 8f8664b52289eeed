import { setTimeout as sleep } from 'node:timers/promises';
import { isFile } from './content-lock.ts';
import type { Disk } from '../files/disk.ts';
import { isErrorCode } from '../files/error-code.ts';
import { lockConflict, tryLockFile, type FileLock } from '../files/file-lock.ts';
import { inWritableDirectory, removeEmptyDirectories } from './key-directory.ts';
import type { ObjectLocation } from './object-location.ts';
import { readRetention, removeRetention } from './retention.ts';
import type { AnnexModes } from '../files/annex-modes.ts';

/** What a removal works on. */
export interface Removal {
  readonly locations: readonly ObjectLocation[];
  /** Whether lock files can stand beside the content; else nobody can have locked it. */
  readonly isLockable: boolean;
  readonly modes: AnnexModes;
  readonly disk: Disk;
  nowMs(): number;
  /** Asked when nothing is left to wait for, right before the content is deleted. */
  mayRemove(): boolean;
}

/**
 * What became of a removal: `locked` when somebody was promised that the content stays, `refused`
 * when `mayRemove` said no.
 */
export type RemoveOutcome = 'removed' | 'absent' | 'locked' | 'refused';

/** Longest wait for another process that removes the content too, or is just ending a lock. */
const otherRemoverMs = 10_000;
const pollMs = 5;

/**
 * Removes a content wherever it stands (spec/git-annex-branch.md sections 2.1 and 2.2):
 * 1. lock `.lck` exclusively, 2. see that no `.rtm` lasts and that the removal is still wanted,
 * 3. delete the content, 4. its lock files, 5. directories that are empty. After a crash past 3 the
 * content is absent, and what is left over is used again by a deposit and cleared by the next
 * removal.
 */
export async function removeObject(removal: Removal): Promise<RemoveOutcome> {
  const locks: FileLock[] = [];
  const places: ObjectLocation[] = [];
  try {
    for (const location of removal.locations) {
      const lock = await lockForRemoval(location, removal);
      if (lock === 'locked') return 'locked';
      if (lock === 'absent') continue;
      places.push(location);
      if (lock !== 'unlockable') locks.push(lock);
      const retention = await readRetentionIfAny(location, removal);
      if (retention > removal.nowMs()) return 'locked';
    }
    if (places.length > 0 && !removal.mayRemove()) return 'refused';
    for (const location of places) await deleteContent(location, removal);
  } finally {
    for (const lock of locks) lock.release();
  }
  if (places.length > 0) return 'removed';
  for (const location of removal.locations) await clearLeftovers(location, removal);
  return 'absent';
}

async function readRetentionIfAny(location: ObjectLocation, removal: Removal): Promise<number> {
  return removal.isLockable ? ((await readRetention(location, removal.disk))?.untilMs ?? 0) : 0;
}

type Taken = FileLock | 'locked' | 'absent' | 'unlockable';

async function lockForRemoval(location: ObjectLocation, removal: Removal): Promise<Taken> {
  const deadline = performance.now() + otherRemoverMs;
  for (;;) {
    if (!(await isFile(location.content, removal.disk))) return 'absent';
    if (!removal.isLockable) return 'unlockable';
    const lock = await tryLock(location, removal);
    if (lock === 'gone') continue;
    if (lock !== undefined) {
      if (await isFile(location.content, removal.disk)) return lock;
      lock.release();
      return 'absent';
    }
    // Only a shared lock is a promise; an exclusive one is another removal, or the end of a lock.
    if ((await lockConflict(location.lock, removal.disk)) === 'shared') return 'locked';
    if (performance.now() > deadline) return 'locked';
    await sleep(pollMs);
  }
}

async function tryLock(
  location: ObjectLocation,
  removal: Removal,
): Promise<FileLock | 'gone' | undefined> {
  const { disk, modes } = removal;
  try {
    return await inWritableDirectory(location.directory, removal, () =>
      tryLockFile(location.lock, 'exclusive', { disk, create: true, createMode: modes.file }),
    );
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return 'gone';
    throw error;
  }
}

async function deleteContent(location: ObjectLocation, removal: Removal): Promise<void> {
  const { disk } = removal;
  await inWritableDirectory(location.directory, removal, async () => {
    await disk.remove(location.content);
    await removeRetention(location, disk);
    await disk.remove(location.lock);
  });
  await removeEmptyDirectories(location, disk);
}

/** What a crash left of a content that is gone: lock files and empty directories. */
async function clearLeftovers(location: ObjectLocation, removal: Removal): Promise<void> {
  const { disk } = removal;
  try {
    const isLockable = removal.isLockable;
    const lock = isLockable ? await tryLockFile(location.lock, 'exclusive', { disk }) : undefined;
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
