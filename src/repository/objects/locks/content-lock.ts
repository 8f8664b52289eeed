import { serializeKey, type Key } from '../../../key/index.ts';
import type { Timer } from '../../../clock/index.ts';
import type { System } from '../../system.ts';
import { inWritableDirectory, removeEmptyDirectories } from '../key-directory.ts';
import type { ObjectLayout } from '../layout.ts';
import { removeLockFiles } from './lock-files.ts';
import { lockToKeep, type KeepingLock, type LockStyle } from './lock-to-keep.ts';
import type { ObjectLocation } from '../object-location.ts';
import { objectError } from '../object-errors.ts';
import {
  readRetention,
  retentionMs,
  withRetentionLock,
  writeRetention,
  type Retention,
} from './retention.ts';
import type { AnnexModes } from '../../files/annex-modes.ts';
import type { Disk, Soon } from '../../files/disk.ts';
import type { Turns } from '../../../waiting/index.ts';
import { isErrorCode } from '../../../units/index.ts';

/**
 * Keeps a content from being removed until it is ended, in one of two ways. Several may hold at once;
 * each is ended by itself.
 */
export interface ContentLock {
  /** Whoever relied on the content says that it no longer does. Lock files go with the last lock. */
  release(): Promise<void>;
  /**
   * Whoever relies on the content is gone without saying so: it stays for the rest of the ten minutes
   * that the protocol promises (spec/p2p-http.md section 5), and that survives this process.
   */
  leave(): Promise<void>;
  /**
   * Makes the promise that outlives this process last for ten minutes from now. Absent where there is
   * none that could.
   */
  renew?(): Promise<void>;
  /**
   * Resolves when the content may no longer be kept, though nobody ended the lock. Absent where
   * that cannot be.
   */
  readonly broken?: Promise<Error>;
}

/** What keeping contents needs to know of its repository. */
export interface KeepingPlace {
  readonly layout: ObjectLayout;
  readonly modes: AnnexModes;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
  /** What git-annex locks, as the repository has it at the moment of asking. */
  lockStyle(): Soon<LockStyle>;
  /** Turns of one process at a key's lock files. */
  readonly turns: Turns;
  /** Whether the complete content stands at a path. */
  holds(key: Key, path: Buffer): Promise<boolean>;
  /** How often the retention of a lock that is held is renewed, milliseconds. */
  readonly renewMs: number;
  /** Told of a renewal that failed. */
  onProblem(error: Error): void;
}

/** The content lock of one key as this process holds it, for all its holders together. */
interface HeldKey {
  readonly key: Key;
  readonly location: ObjectLocation;
  readonly fileLock: KeepingLock;
  holders: number;
  /** The retention file as this process last wrote it. */
  own: Retention;
  /** A retention that others rely on, and that the end of our own must not cut short. */
  othersUntilMs: number;
}

/**
 * Keeps contents from being removed, as git-annex does (spec/git-annex-branch.md section 2.2):
 * 1. lock shared what git-annex locks, 2. see that the content is there, 3. write `.rtm` under `.rtl`;
 * to end it: 4. let that go, 5. lock `.lck` exclusively if nobody else holds it, 6. remove all three.
 */
export class ContentKeeper {
  readonly #place: KeepingPlace;
  readonly #held = new Map<string, HeldKey>();
  /** Runs while anything is held. */
  #renewal: Timer | undefined;

  constructor(place: KeepingPlace) {
    this.#place = place;
  }

  /** Whether this process holds the key. */
  isHeld(key: Key): boolean {
    return this.#held.has(serializeKey(key));
  }

  /** To be called in the key's turn when another file has become the content. */
  async follow(key: Key): Promise<void> {
    await this.#held.get(serializeKey(key))?.fileLock.follow();
  }

  /** A lock on the content, or undefined when it is absent. */
  async lock(key: Key): Promise<ContentLock | undefined> {
    if (!this.#place.layout.isLockable(key)) return undefined;
    const name = serializeKey(key);
    return this.#place.turns.run(name, async () => {
      const before = this.#held.get(name);
      const held = before ?? (await this.#take(key));
      if (held === undefined) return undefined;
      try {
        await this.#retain(held);
      } catch (error) {
        if (before === undefined) await held.fileLock.release();
        throw objectError(error, 'locking the content', { key, path: held.location.content });
      }
      held.holders += 1;
      this.#held.set(name, held);
      this.#startRenewing();
      return this.#handle(key, held);
    });
  }

  #handle(key: Key, held: HeldKey): ContentLock {
    let isOver = false;
    const end = async (finish: () => Promise<void>): Promise<void> => {
      if (isOver) return;
      isOver = true;
      await this.#place.turns.run(serializeKey(key), async () => {
        try {
          await finish();
        } catch (error) {
          throw objectError(error, 'unlocking the content', { key, path: held.location.lock });
        }
      });
    };
    return {
      renew: () =>
        this.#place.turns.run(serializeKey(key), async () => {
          if (!isOver) await this.#retain(held);
        }),
      release: () => end(() => this.#letGo(key, held, { removesFiles: true })),
      leave: () =>
        end(async () => {
          try {
            await this.#retain(held);
          } finally {
            held.othersUntilMs = Math.max(held.othersUntilMs, held.own.untilMs);
            await this.#letGo(key, held, { removesFiles: false });
          }
        }),
    };
  }

  /** Steps 1 and 2, in whichever layout the content is. */
  async #take(key: Key): Promise<HeldKey | undefined> {
    for (const location of this.#place.layout.locations(key)) {
      try {
        if (!(await this.#place.holds(key, location.content))) continue;
        const held = await this.#takeAt(key, location);
        if (held !== undefined) return held;
      } catch (error) {
        // The directory went with the content just now.
        if (isErrorCode(error, 'ENOENT')) continue;
        throw objectError(error, 'locking the content', { key, path: location.lock });
      }
    }
    return undefined;
  }

  async #takeAt(key: Key, location: ObjectLocation): Promise<HeldKey | undefined> {
    const { disk } = this.#place;
    const fileLock = await this.#lockFiles(location);
    if (fileLock !== undefined && (await this.#holdsOrLetsGo(key, location, fileLock))) {
      const own = { untilMs: 0, text: '' };
      return { key, location, fileLock, holders: 0, own, othersUntilMs: 0 };
    }
    await removeLockFiles(this.#place, location);
    await removeEmptyDirectories(location, disk);
    return undefined;
  }

  /** Undefined when the content went while others had it locked. */
  async #lockFiles(location: ObjectLocation): Promise<KeepingLock | undefined> {
    const { modes, disk, system } = this.#place;
    const style = await this.#place.lockStyle();
    try {
      return await lockToKeep(location, { modes, disk, system, style });
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  async #holdsOrLetsGo(
    key: Key,
    location: ObjectLocation,
    fileLock: KeepingLock,
  ): Promise<boolean> {
    let isHeld = false;
    try {
      isHeld = await this.#place.holds(key, location.content);
      return isHeld;
    } finally {
      if (!isHeld) await fileLock.release();
    }
  }

  /** Step 3, and again for each further holder. */
  async #retain(held: HeldKey): Promise<void> {
    const { layout, modes, disk, system } = this.#place;
    const place = { layout, modes, disk, system, location: held.location };
    await inWritableDirectory(held.location.directory, place, () =>
      withRetentionLock(place, async () => {
        const there = await readRetention(held.location, disk);
        if (there !== undefined && there.text !== held.own.text) {
          held.othersUntilMs = Math.max(held.othersUntilMs, there.untilMs);
        }
        const untilMs = Math.max(
          this.#place.system.clock.wallMs() + retentionMs,
          there?.untilMs ?? 0,
        );
        held.own = await writeRetention(place, untilMs);
      }),
    );
  }

  /**
   * Step 3 for what is held for long: the process may be killed at any moment, and then the file is
   * all that keeps the promise of ten more minutes.
   */
  async #renewAll(): Promise<void> {
    for (const [name, held] of this.#held) {
      try {
        await this.#place.turns.run(name, async () => {
          const isHeld = this.#held.get(name) === held && held.holders > 0;
          if (isHeld) await this.#retain(held);
        });
      } catch (error) {
        this.#place.onProblem(
          objectError(error, 'renewing the promise of a lock', {
            key: held.key,
            path: held.location.retention,
          }),
        );
      }
    }
  }

  #startRenewing(): void {
    if (this.#renewal !== undefined) return;
    let isRenewing = false;
    const renew = async (): Promise<void> => {
      if (isRenewing) return;
      isRenewing = true;
      await this.#renewAll();
      isRenewing = false;
    };
    const { system, renewMs } = this.#place;
    this.#renewal = system.clock.every(renewMs, () => void renew());
    this.#renewal.unref();
  }

  #stopRenewing(): void {
    this.#renewal?.close();
    this.#renewal = undefined;
  }

  /** Step 4, and with the last holder 5 and 6. */
  async #letGo(
    key: Key,
    held: HeldKey,
    options: { readonly removesFiles: boolean },
  ): Promise<void> {
    held.holders -= 1;
    if (held.holders > 0 || this.#lingers(key, held)) return;
    await this.#end(held, options);
  }

  /**
   * Where git-annex locks contents themselves it heeds no retention file: a promise that lasts is kept
   * by the lock, as long as this process lives.
   */
  #lingers(key: Key, held: HeldKey): boolean {
    const leftMs = held.othersUntilMs - this.#place.system.clock.wallMs();
    if (held.fileLock.style === 'beside' || leftMs <= 0) return false;
    const over = async (): Promise<void> => {
      const isHeld = held.holders > 0 || this.#held.get(serializeKey(key)) !== held;
      if (!isHeld && !this.#lingers(key, held)) await this.#end(held, { removesFiles: true });
    };
    const tell = (error: unknown): void => {
      const trouble = { key, path: held.location.lock };
      this.#place.onProblem(objectError(error, 'ending a lock', trouble));
    };
    const run = (): Promise<void> => this.#place.turns.run(serializeKey(key), over);
    const { clock } = this.#place.system;
    clock.after(Math.min(leftMs, retentionMs), () => void run().catch(tell)).unref();
    return true;
  }

  async #end(held: HeldKey, options: { readonly removesFiles: boolean }): Promise<void> {
    const { key } = held;
    this.#held.delete(serializeKey(key));
    if (this.#held.size === 0) this.#stopRenewing();
    await held.fileLock.release();
    if (options.removesFiles) await removeLockFiles(this.#place, held.location, held);
  }
}
