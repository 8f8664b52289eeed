import { serializeKey, type Key } from '../../key/index.ts';
import type { Turns } from '../../waiting/index.ts';
import type { AnnexModes } from '../files/annex-modes.ts';
import type { Disk, FileStatus, Soon } from '../files/disk.ts';
import type { System } from '../system.ts';
import { inWritableDirectory, removeEmptyDirectories } from './key-directory.ts';
import type { ObjectLayout } from './layout.ts';
import type { ContentKeeper } from './locks/content-lock.ts';
import type { LockStyle } from './locks/lock-to-keep.ts';
import { removeRetention } from './locks/retention.ts';
import { objectError } from './object-errors.ts';
import type { ObjectLocation } from './object-location.ts';
import { stateOf } from './object-reader.ts';
import { isRetained, lockForRemoval, type RemovalPlace } from './object-removal.ts';
import { setAside } from './set-aside.ts';
import { hasSizeOf, type SizeCheck } from './wrong-sizes.ts';

/**
 * What became of a file that was found not to be the content of its key: `moved` out of the way; `locked`, as
 * somebody was promised that the content stays; `other`, as what is there now is not what was judged;
 * `absent`, as nothing is there.
 */
export type QuarantineOutcome = 'moved' | 'locked' | 'other' | 'absent';

/** What of a store the quarantine uses. */
export interface QuarantineParts {
  readonly layout: ObjectLayout;
  readonly modes: AnnexModes;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
  /** Turns at a key's directory. */
  readonly turns: Turns;
  readonly keeper: Pick<ContentKeeper, 'isHeld'>;
  readonly lockStyle: () => Soon<LockStyle>;
  readonly sizes: SizeCheck;
}

/** A file that is judged, and by what. */
interface Judged {
  readonly key: Key;
  readonly location: ObjectLocation;
  readonly state: string | undefined;
}

/**
 * Moves what is not the content of a key out of its place, as `git annex fsck` does
 * (spec/git-annex-branch.md section 2.3). Under the lock of who removes a content, which git-annex does not
 * take: whoever was promised that the content stays would otherwise see it go.
 */
export class ObjectQuarantine {
  readonly #parts: QuarantineParts;

  constructor(parts: QuarantineParts) {
    this.#parts = parts;
  }

  /**
   * Moves the file of that state, and those of another size than the key names, to `annex/bad`.
   * @throws ObjectStoreError when the disk does not.
   */
  async move(key: Key, state: string | undefined): Promise<QuarantineOutcome> {
    const { layout, turns, keeper } = this.#parts;
    const locations = [...layout.locations(key)];
    return await turns.run(serializeKey(key), async () => {
      let outcome: QuarantineOutcome = 'absent';
      if (keeper.isHeld(key)) return 'locked';
      try {
        for (const location of locations) {
          const found = await this.#moveAt({ key, location, state });
          if (found === 'locked') return found;
          if (outcome !== 'moved' && found !== 'absent') outcome = found;
        }
        return outcome;
      } catch (error) {
        throw objectError(error, 'moving to annex/bad', { key, path: locations[0]?.content });
      }
    });
  }

  async #moveAt(judged: Judged): Promise<QuarantineOutcome> {
    const { key, location } = judged;
    const { layout, system, modes, disk } = this.#parts;
    const seen = await this.#look(judged);
    if (seen !== 'wrong') return seen;
    const isLockable = layout.isLockable(key);
    const style = await this.#parts.lockStyle();
    const place: RemovalPlace = { modes, disk, system, style, isLockable };
    const lock = await lockForRemoval(location, place);
    if (lock.kind !== 'taken') return lock.kind;
    try {
      if (await isRetained(location, place)) return 'locked';
      // Until the lock was taken, another may have put the content in its place.
      const still = await this.#look(judged);
      if (still !== 'wrong') return still;
      await setAside(key, location, { layout, modes, disk });
      this.#parts.sizes.forget(location.content);
      await inWritableDirectory(location.directory, place, async () => {
        await removeRetention(location, disk);
        await disk.remove(location.lock);
      });
    } finally {
      await lock.release();
    }
    await removeEmptyDirectories(location, disk);
    return 'moved';
  }

  async #look({ key, location, state }: Judged): Promise<'wrong' | 'other' | 'absent'> {
    const { disk } = this.#parts;
    const status = await disk.look(location.content);
    if (status?.isFile() !== true) return 'absent';
    if (isOfWrongSize(key, status)) return 'wrong';
    if (state === undefined) return 'other';
    const exact = await disk.lookExactly(location.content);
    return exact !== undefined && stateOf(exact) === state ? 'wrong' : 'other';
  }
}

/** A file that has another name too is somebody's work (`annex.thin`), and may have any size. */
function isOfWrongSize(key: Key, { size, nlink }: FileStatus): boolean {
  return nlink === 1 && !hasSizeOf(key, size);
}
