import type { AnnexModes } from '../../files/annex-modes.ts';
import type { Disk } from '../../files/disk.ts';
import type { FileLock } from '../../files/locks.ts';
import type { System } from '../../system.ts';
import { inWritableDirectory } from '../key-directory.ts';
import type { ObjectLocation } from '../object-location.ts';

/**
 * Which file git-annex locks to keep or remove a content, by the version of the repository: `object`,
 * the content itself, at 8 and 9; `beside`, `KEYFILE.lck`, from 10 on (spec/git-annex-branch.md
 * section 2.2). There is no way back from 10.
 */
export type LockStyle = 'object' | 'beside';

/** What locking needs to know of its repository. */
export interface LockPlace {
  readonly modes: AnnexModes;
  readonly disk: Disk;
  readonly system: Pick<System, 'locks'>;
  /** As the repository has it now. */
  readonly style: LockStyle;
}

/** A content that nobody removes, whichever of the two files they lock. */
export interface KeepingLock {
  readonly style: LockStyle;
  /** Keeps the file that is the content now, when another one took its place. */
  follow(): Promise<void>;
  release(): Promise<void>;
}

/** Longest wait for a removal or another process's end of a lock, which hold for a moment only. */
const lockMs = 10_000;

/**
 * Locks a content shared, at `KEYFILE.lck` always: a repository may be upgraded while the lock is
 * held. The content itself is locked where git-annex does that; from version 10 on, where only what
 * began before the upgrade can still hold it, it is locked for a moment, to see that nobody does.
 *
 * @throws ENOENT when the content is not there; FILE_LOCK_TIMEOUT.
 */
export async function lockToKeep(location: ObjectLocation, place: LockPlace): Promise<KeepingLock> {
  const { modes, disk, system, style } = place;
  const beside = await inWritableDirectory(location.directory, { modes, disk }, () =>
    system.locks.lock(location.lock, 'shared', {
      create: true,
      createMode: modes.file,
      timeoutMs: lockMs,
      disk,
    }),
  );
  try {
    let object = await lockObject(location, place);
    if (style === 'beside') await letGo(object);
    return {
      style,
      async follow() {
        if (style === 'beside') return;
        const before = object;
        object = await lockObject(location, place);
        await letGo(before);
      },
      release: async () => void (await Promise.all([object, beside].map(letGo))),
    };
  } catch (error) {
    await letGo(beside);
    throw error;
  }
}

async function lockObject(
  { content }: ObjectLocation,
  { disk, system, style }: LockPlace,
): Promise<FileLock | undefined> {
  // Of a file that is somebody's work too (`annex.thin`), the lock may be an editor's.
  const isShared = ((await disk.look(content))?.nlink ?? 1) > 1;
  if (style === 'beside' && isShared) return undefined;
  return await system.locks.lock(content, 'shared', { timeoutMs: lockMs, disk });
}

/** Resolves when the lock is no longer there for anybody. */
export async function letGo(lock: FileLock | undefined): Promise<void> {
  lock?.release();
  await lock?.released;
}
