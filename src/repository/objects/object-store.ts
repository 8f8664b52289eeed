import { contentSizeBytes, serializeKey, type Key } from '../../key/index.ts';
import { ContentBelief } from './content-belief.ts';
import { ContentKeeper, type ContentLock } from './locks/content-lock.ts';
import { Deletions } from './deletions.ts';
import type { Disk, Soon } from '../files/disk.ts';
import { systemDisks } from '../files/machine-disks.ts';
import type { OpenFile } from '../files/disk.ts';
import { ObjectLayout } from './layout.ts';
import type { ObjectLocation } from './object-location.ts';
import { fsyncKeyDirectories } from './key-directory.ts';
import type { LockStyle } from './locks/lock-to-keep.ts';
import { LeftPartials } from './deposits/left-partials.ts';
import { PartialFileDeposit, type Deposit } from './deposits/object-deposit.ts';
import { objectError } from './object-errors.ts';
import { openObject, type OpenObject } from './object-reader.ts';
import { listObjects } from './object-listing.ts';
import { ObjectQuarantine, type QuarantineOutcome } from './object-quarantine.ts';
import { removeObject, type Removal } from './object-removal.ts';
import {
  depositWaitMsDefault,
  diskReserveBytesDefault,
  renewMsDefault,
  type DepositOptions,
  type ObjectStoreOptions,
} from './object-store-options.ts';
import { annexModes, type AnnexModes } from '../files/annex-modes.ts';
import { ObjectPresence } from './presence.ts';
import { setAside } from './set-aside.ts';
import { neededBytes, SpaceGuard } from './deposits/space-guard.ts';
import { SizeCheck } from './wrong-sizes.ts';
import { UploadTurns } from './deposits/upload-turns.ts';
import type { System } from '../system.ts';
import { thisMachine } from '../this-machine.ts';
import { Turns } from '../../waiting/index.ts';

/**
 * The contents of a git-annex repository on disk (spec/git-annex-branch.md section 2). Checks no
 * checksums: the caller hashes what streams by and commits only what is right.
 * Use one store for a repository and process: it is what keeps requests of one process apart.
 */
export class ObjectStore {
  readonly #layout: ObjectLayout;
  readonly #modes: AnnexModes;
  readonly #space: SpaceGuard;
  readonly #keeper: ContentKeeper;
  readonly #lockStyle: () => Soon<LockStyle>;
  readonly #system: Pick<System, 'clock' | 'locks'>;
  readonly #disk: Disk;
  readonly #presence: ObjectPresence;
  readonly #sizes: SizeCheck;
  readonly #uploads: UploadTurns;
  /** Turns at a key's directory; always short. */
  readonly #changing: Turns;
  readonly #deletions = new Deletions();
  readonly #left: LeftPartials;
  readonly #onProblem: (error: Error) => void;
  readonly #quarantine: ObjectQuarantine;

  constructor(options: ObjectStoreOptions) {
    this.#layout = new ObjectLayout(options);
    const { system = thisMachine } = options;
    this.#system = system;
    this.#changing = new Turns(system.clock);
    this.#modes = annexModes(options.sharedRepository, options.umask ?? process.umask());
    this.#disk =
      options.disk ?? systemDisks.at(options.gitDirectory, [this.#layout.objectDirectory]);
    this.#space = new SpaceGuard({
      disk: this.#disk,
      path: this.#layout.temporaryDirectory,
      reserveBytes: options.diskReserveBytes ?? diskReserveBytesDefault,
    });
    this.#onProblem = options.onProblem ?? (() => undefined);
    this.#lockStyle = options.lockStyle ?? (() => 'beside');
    const place = { layout: this.#layout, modes: this.#modes, disk: this.#disk, system };
    const depositing = new Turns(system.clock);
    this.#left = new LeftPartials(place, depositing);
    this.#uploads = new UploadTurns(place, depositing);
    this.#sizes = new SizeCheck(options.onWrongSizes ?? (() => undefined));
    const belief = new ContentBelief({
      clock: system.clock,
      disk: this.#disk,
      sizes: this.#sizes,
      settings: options.editSettings ?? (() => ({ isThin: false, isCrippled: false })),
      loadHasher: options.loadHasher,
    });
    this.#presence = new ObjectPresence({
      layout: this.#layout,
      belief,
      deletions: this.#deletions,
    });
    this.#keeper = new ContentKeeper({
      ...place,
      lockStyle: this.#lockStyle,
      holds: async (key, path) => await belief.holds(key, path),
      turns: this.#changing,
      renewMs: options.renewMs ?? renewMsDefault,
      onProblem: this.#onProblem,
    });
    this.#quarantine = new ObjectQuarantine({
      ...place,
      turns: this.#changing,
      keeper: this.#keeper,
      lockStyle: this.#lockStyle,
      sizes: this.#sizes,
    });
  }

  /** Where all contents are. */
  get directory(): Buffer {
    return this.#layout.objectDirectory;
  }

  /**
   * Whether the complete content is there (spec/p2p-http.md section 5, checkpresent). False for any
   * key that cannot be here, and for an object that was edited. Answers at once where the disk does.
   * Of a content that is being deleted it says nothing before that is over: a disk that hangs may
   * show for hours what it deletes then.
   */
  has(key: Key): Soon<boolean> {
    return this.#presence.has(key);
  }

  /**
   * Opens the content from a byte on, or gives undefined when it is absent (spec/p2p-http.md
   * section 5, GET). Beyond the end there are no bytes. Who receives it closes it or reads it out.
   * Being able to open it promises nothing: what is being deleted can be read, too.
   * @param fromByte not negative.
   */
  async open(key: Key, fromByte: number): Promise<OpenObject | undefined> {
    for (const { content } of this.#layout.locations(key)) {
      try {
        const object = await openObject(
          key,
          { path: content, disk: this.#disk },
          { fromByte: Math.max(0, fromByte) },
        );
        if (object === undefined) continue;
        // Asked after opening: an edit before that is seen here, a later one while reading.
        if (await this.#presence.believesOpened(key, content, object)) return object;
      } catch (error) {
        throw objectError(error, 'opening the content', { key, path: content });
      }
    }
    return undefined;
  }

  /**
   * Length of what an interrupted upload left that an upload may go on from; 0 when nothing
   * (spec/p2p-http.md, putoffset). After more than there is of the content nothing can come.
   */
  async partialSizeBytes(key: Key): Promise<number> {
    const bytes = await this.#leftBytes(key);
    return bytes > (contentSizeBytes(key) ?? bytes) ? 0 : bytes;
  }

  async #leftBytes(key: Key): Promise<number> {
    const partial = this.#layout.partial(key);
    if (partial === undefined) return 0;
    try {
      const status = await this.#disk.look(partial);
      return status?.isFile() === true ? status.size : 0;
    } catch (error) {
      throw objectError(error, 'looking for the partial content', { key, path: partial });
    }
  }

  /**
   * The right to store a content, alone among this process, other ballast processes and git-annex;
   * or `present` when the content is there, perhaps since another upload ended that this one waited
   * for (spec/p2p-http.md section 5, put: never two writers into one partial).
   * @throws KEY_NOT_STORABLE, NOT_ENOUGH_SPACE, DEPOSIT_BUSY when the wait timed out, the
   * signal's reason, ObjectStoreError.
   */
  async deposit(key: Key, options: DepositOptions = {}): Promise<Deposit | 'present'> {
    const location = this.#layout.newLocation(key);
    if (await this.has(key)) return 'present';
    const { waitMs = depositWaitMsDefault, signal, committed } = options;
    const unlock = await this.#uploads.take(key, { waitMs, signal });
    try {
      if (await this.has(key)) {
        await unlock();
        return 'present';
      }
      const partial = this.#layout.partial(key) ?? location.content;
      const offsetBytes = await this.#leftBytes(key);
      const claim = await this.#space.claim(key, neededBytes(key, { ...options, offsetBytes }));
      return new PartialFileDeposit({
        key,
        partial,
        location,
        modes: this.#modes,
        disk: this.#disk,
        offsetBytes,
        claim,
        isPresent: () => this.has(key),
        noteLeft: (file) => this.#noteLeft(key, file),
        makeWay: () => this.#makeWay(key, location),
        exclusively: (action) =>
          this.#changing.run(serializeKey(key), async () => {
            await action();
            await this.#keeper.follow(key);
          }),
        unlock,
        committed,
      });
    } catch (error) {
      await unlock();
      throw objectError(error, 'beginning an upload', { key, path: location.content });
    }
  }

  /**
   * Removes the content unless somebody was promised that it stays (spec/p2p-http.md section 5,
   * remove). Leaves a partial content alone. Of several removals at once each answers `removed` or
   * `absent`; one may wait for another, or for a lock that is just being ended.
   *
   * @param mayRemove asked after all waiting, right before the call that deletes the content: a
   * removal that was good for some time only must not come later. What the system has been told
   * cannot be taken back, however late its disk does it; until then `has` and `lock` wait.
   */
  async remove(key: Key, mayRemove: () => boolean = () => true): Promise<Removal> {
    const locations = [...this.#layout.locations(key)];
    return this.#changing.run(serializeKey(key), async () => {
      if (this.#keeper.isHeld(key)) return 'locked';
      try {
        return await removeObject({
          locations,
          isLockable: this.#layout.isLockable(key),
          isRight: (location, status) => this.#sizes.matches(key, location.content, status),
          setAside: (location) => this.#makeWay(key, location),
          modes: this.#modes,
          disk: this.#disk,
          system: this.#system,
          style: await this.#lockStyle(),
          mayRemove,
          deleteBy: (call) => this.#deletions.run(key, mayRemove, call),
        });
      } catch (error) {
        throw objectError(error, 'removing the content', { key, path: locations[0]?.content });
      }
    });
  }

  /** Moves what is in the content's place and is not it to `annex/bad`; see {@link ObjectQuarantine}. */
  quarantine(key: Key, state: string | undefined): Promise<QuarantineOutcome> {
    return this.#quarantine.move(key, state);
  }

  /** The keys of all files in the places of contents, in an order that stays; see {@link listObjects}. */
  keys(after?: string): ReturnType<typeof listObjects> {
    return listObjects(this.#layout.objectDirectory, this.#disk, after);
  }

  /**
   * Whether the content is there, after an act that a crash may have left half done. What is there is
   * durable then; of what is not, empty directories and lock files are cleared, and what an upload
   * left is noted as ballast's.
   */
  async settle(key: Key): Promise<boolean> {
    try {
      if (await this.has(key)) {
        for (const location of this.#layout.locations(key)) {
          await fsyncKeyDirectories(location, this.#disk);
        }
        if (await this.has(key)) return true;
      }
      if (!this.#layout.isLockable(key)) return false;
      const partial = this.#layout.partial(key);
      if (partial !== undefined) await this.#left.adopt(key, partial);
      // Clears what is beside a content that is gone, and removes none.
      await this.remove(key, () => false);
      return false;
    } catch (error) {
      throw objectError(error, 'looking at what was left', { key });
    }
  }

  /**
   * A promise that the content stays, also for ten minutes after the death of this process; or
   * undefined when the content is absent (spec/git-annex-branch.md section 2.2; spec/p2p-http.md
   * section 5, lockcontent).
   */
  async lock(key: Key): Promise<ContentLock | undefined> {
    return this.#keeper.lock(key);
  }

  /**
   * Removes what interrupted uploads of ballast's have left for longer than some time. Never what is
   * being written, nor what git-annex has left or gone on with since.
   *
   * @returns how many partial contents were removed.
   */
  async expirePartials(lifetimeMs: number): Promise<number> {
    return await this.#left.expire(lifetimeMs, this.#system.clock.wallMs());
  }

  /**
   * A file that is not the content gives its place to what is. One that has another name too, as an
   * unlocked file with `annex.thin`, keeps that, and loses nothing here.
   */
  async #makeWay(key: Key, location: ObjectLocation): Promise<void> {
    const status = await this.#disk.look(location.content);
    if (status?.isFile() !== true || status.nlink > 1) return;
    await setAside(key, location, { layout: this.#layout, modes: this.#modes, disk: this.#disk });
    this.#sizes.forget(location.content);
  }

  /** What could not be noted is merely never cleared, so the upload's end goes on. */
  async #noteLeft(key: Key, file: OpenFile): Promise<void> {
    try {
      await this.#left.note(key, file);
    } catch (error) {
      const path = this.#layout.partial(key);
      this.#onProblem(objectError(error, 'noting an interrupted upload', { key, path }));
    }
  }
}
