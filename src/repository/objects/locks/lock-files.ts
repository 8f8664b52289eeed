import { isErrorCode } from '../../../units/index.ts';
import type { AnnexModes } from '../../files/annex-modes.ts';
import type { Disk } from '../../files/disk.ts';
import type { System } from '../../system.ts';
import { inWritableDirectory } from '../key-directory.ts';
import type { ObjectLayout } from '../layout.ts';
import type { ObjectLocation } from '../object-location.ts';
import { readRetention, removeRetention, writeRetention, type Retention } from './retention.ts';

/** Where lock files are, and by what clock their promises end. */
export interface LockFilesPlace {
  readonly layout: ObjectLayout;
  readonly modes: AnnexModes;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
}

/** What whoever ends a lock knows of the promises for its content. */
export interface KnownRetention {
  /** The retention file as this process last wrote it. */
  readonly own: Retention;
  /** Until when others rely on it, milliseconds since 1970; 0 when nobody does. */
  readonly othersUntilMs: number;
}

/**
 * Removes the files that a content lock has left beside a content, unless somebody else has the content locked or was
 * promised that it stays: then the file of that promise stays, made shorter where only our own promise was longer.
 * @param known what this process wrote; `undefined` when it wrote nothing.
 */
export async function removeLockFiles(
  place: LockFilesPlace,
  location: ObjectLocation,
  known?: KnownRetention,
): Promise<void> {
  const { disk } = place;
  try {
    await inWritableDirectory(location.directory, place, async () => {
      const alone = await place.system.locks.tryLock(location.lock, 'exclusive', { disk });
      if (alone === undefined) return;
      try {
        await removeAlone(place, location, known);
      } finally {
        alone.release();
      }
    });
  } catch (error) {
    if (!isErrorCode(error, 'ENOENT')) throw error;
  }
}

async function removeAlone(
  place: LockFilesPlace,
  location: ObjectLocation,
  known: KnownRetention | undefined,
): Promise<void> {
  const { layout, modes, disk, system } = place;
  const nowMs = system.clock.wallMs();
  const there = await readRetention(location, disk);
  if (there !== undefined && there.untilMs > nowMs) {
    if (there.text !== known?.own.text) return;
    if (known.othersUntilMs > nowMs) {
      await writeRetention({ layout, modes, disk, system, location }, known.othersUntilMs);
      return;
    }
  }
  await removeRetention(location, disk);
  await disk.remove(location.lock);
}
