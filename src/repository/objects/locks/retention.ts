import type { Disk } from '../../files/disk.ts';
import { DiskFile } from '../../files/disk-file.ts';
import { writeFileDurably } from '../../files/durable.ts';
import type { System } from '../../system.ts';
import { makeDirectory } from '../../files/directories.ts';
import { openFlags } from '../../files/system-calls.ts';
import type { ObjectLayout } from '../layout.ts';
import type { ObjectLocation } from '../object-location.ts';
import type { AnnexModes } from '../../files/annex-modes.ts';
import { isErrorCode } from '../../../units/index.ts';

/** How long a content stays when its locker is gone: git-annex's ten minutes. */
export const retentionMs = 600_000;

/** Longest wait for a lock that is held for a few system calls only. */
const briefLockMs = 10_000;

/**
 * `1795359500.661413243s`. git-annex writes no newline after it, and heeds no file that has one.
 */
const retentionFile = /^(\d{1,12})(?:\.(\d+))?s?\s*$/;

/** More than one has; what is longer cannot be understood. */
const retentionBytesMax = 4096;

/** What a retention file says. */
export interface Retention {
  readonly untilMs: number;
  readonly text: string;
}

/**
 * The retention file of a content, or undefined when there is none
 * (spec/git-annex-branch.md section 2.2). One that cannot be understood counts as written by a
 * locker that died while writing it: it holds for ten minutes from its time of change.
 */
export async function readRetention(
  location: ObjectLocation,
  disk: Disk,
): Promise<Retention | undefined> {
  let file: DiskFile;
  try {
    file = await DiskFile.open(disk, location.retention, openFlags.O_RDONLY);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const text = Buffer.from(await file.readAll(retentionBytesMax)).toString('latin1');
    const match = retentionFile.exec(text);
    if (match !== null) {
      return { untilMs: Math.ceil(Number(`${match[1]}.${match[2] ?? 0}`) * 1000), text };
    }
    const { mtimeNs } = await file.status();
    return { untilMs: Number(mtimeNs) / 1e6 + retentionMs, text };
  } finally {
    await file.close();
  }
}

/** Who may write where, for {@link writeRetention}. */
export interface RetentionPlace {
  readonly layout: ObjectLayout;
  readonly location: ObjectLocation;
  readonly modes: AnnexModes;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
}

/** Replaces the retention file, durably. The caller holds the content lock and its `.rtl`. */
export async function writeRetention(place: RetentionPlace, untilMs: number): Promise<Retention> {
  const { layout, location, modes, disk, system } = place;
  const text = formatRetention(untilMs);
  await makeDirectory(layout.otherTemporaryDirectory, modes.directory, disk);
  const inUse = await system.locks.lock(layout.otherTemporaryLock, 'shared', {
    disk,
    create: true,
    createMode: modes.file,
    timeoutMs: briefLockMs,
  });
  try {
    // It may have been emptied and removed before the lock was ours.
    await makeDirectory(layout.otherTemporaryDirectory, modes.directory, disk);
    const write = {
      path: location.retention,
      content: text,
      temporaryDirectory: layout.otherTemporaryDirectory,
      clock: system.clock,
      mode: modes.file,
    };
    await writeFileDurably(write, disk);
  } finally {
    inUse.release();
  }
  return { untilMs, text };
}

/** Does something under the lock that guards the retention file (`.rtl`). */
export async function withRetentionLock<T>(
  place: RetentionPlace,
  action: () => Promise<T>,
): Promise<T> {
  const lock = await place.system.locks.lock(place.location.retentionLock, 'exclusive', {
    disk: place.disk,
    create: true,
    createMode: place.modes.file,
    timeoutMs: briefLockMs,
  });
  try {
    return await action();
  } finally {
    lock.release();
  }
}

/** Removes the retention file and its lock. The caller holds the content lock exclusively. */
export async function removeRetention(location: ObjectLocation, disk: Disk): Promise<void> {
  await disk.remove(location.retention);
  await disk.remove(location.retentionLock);
}

function formatRetention(untilMs: number): string {
  const seconds = Math.floor(untilMs / 1000);
  const nanoseconds = Math.floor((untilMs - seconds * 1000) * 1e6);
  return `${seconds}.${String(nanoseconds).padStart(9, '0')}s`;
}
