import { serializeKey, type Key } from '../../../key/index.ts';
import type { AnnexModes } from '../../files/annex-modes.ts';
import { makeDirectory } from '../../files/directories.ts';
import type { Disk } from '../../files/disk.ts';
import type { FileLock } from '../../files/locks.ts';
import type { System } from '../../system.ts';
import { type Turns } from '../../../waiting/index.ts';
import type { ObjectLayout } from '../layout.ts';
import { depositBusy, objectError } from '../object-errors.ts';
import { isErrorCode } from '../../../units/index.ts';

/** How long to wait for a turn. */
export interface TurnOptions {
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Turns at uploading a key, among this process and all others that use the repository. */
export class UploadTurns {
  readonly #layout: ObjectLayout;
  readonly #modes: AnnexModes;
  readonly #disk: Disk;
  readonly #system: Pick<System, 'clock' | 'locks'>;
  readonly #turns: Turns;
  /** Whether they have been made, and were there the last time. */
  #hasUploadDirectories = false;

  /** @param turns those of this process; may be long. */
  constructor(
    place: {
      readonly layout: ObjectLayout;
      readonly modes: AnnexModes;
      readonly disk: Disk;
      readonly system: Pick<System, 'clock' | 'locks'>;
    },
    turns: Turns,
  ) {
    this.#layout = place.layout;
    this.#modes = place.modes;
    this.#disk = place.disk;
    this.#system = place.system;
    this.#turns = turns;
  }

  /**
   * Waits for the turn in this process, then for other processes; gives what ends both.
   * @throws DEPOSIT_BUSY when the wait timed out, the signal's reason, ObjectStoreError.
   */
  async take(key: Key, options: TurnOptions): Promise<() => Promise<void>> {
    const { waitMs, signal } = options;
    const startMs = this.#system.clock.steadyMs();
    const leave = await this.#inProcessTurn(key, waitMs, signal);
    try {
      const leftMs = Math.max(0, waitMs - (this.#system.clock.steadyMs() - startMs));
      const lock = await this.#transferLock(key, leftMs, signal);
      return async (): Promise<void> => {
        lock.release();
        await lock.released;
        leave();
      };
    } catch (error) {
      leave();
      if (isErrorCode(error, 'FILE_LOCK_TIMEOUT')) {
        throw depositBusy(waitMs, { key, path: this.#layout.transferLock(key), cause: error });
      }
      if (signal?.aborted === true) throw error;
      throw objectError(error, 'locking the upload', { key, path: this.#layout.transferLock(key) });
    }
  }

  async #inProcessTurn(
    key: Key,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<() => void> {
    try {
      return await this.#turns.take(serializeKey(key), { waitMs, signal });
    } catch (error) {
      if (!isErrorCode(error, 'TURN_TIMEOUT')) throw error;
      throw depositBusy(waitMs, { key, cause: error });
    }
  }

  async #transferLock(
    key: Key,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<FileLock> {
    const lock = (): Promise<FileLock> =>
      this.#system.locks.lock(this.#layout.transferLock(key), 'exclusive', {
        create: true,
        createMode: this.#modes.file,
        removeOnRelease: true,
        timeoutMs,
        signal,
        disk: this.#disk,
      });
    if (this.#hasUploadDirectories && (await this.#isDirectory(this.#layout.temporaryDirectory))) {
      try {
        return await lock();
      } catch (error) {
        if (!isErrorCode(error, 'ENOENT')) throw error;
      }
    }
    for (const directory of this.#layout.uploadDirectories) {
      await makeDirectory(directory, this.#modes.directory, this.#disk);
    }
    this.#hasUploadDirectories = true;
    return await lock();
  }

  async #isDirectory(path: Buffer): Promise<boolean> {
    return (await this.#disk.status(path))?.isDirectory() === true;
  }
}
