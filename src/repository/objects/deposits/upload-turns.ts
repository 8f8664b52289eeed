import { serializeKey, type Key } from '../../../key/index.ts';
import type { AnnexModes } from '../../files/annex-modes.ts';
import { makeDirectory } from '../../files/directories.ts';
import type { Disk } from '../../files/disk.ts';
import { FileLockTimeoutError, lockFile, type FileLock } from '../../files/file-lock.ts';
import { TurnTimeoutError, type Turns } from '../../../waiting/index.ts';
import type { ObjectLayout } from '../layout.ts';
import { DepositBusyError, objectError } from '../object-errors.ts';
import { isErrorCode } from '../../../units/index.ts';

/** How long to wait for a turn. */
export interface TurnOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Turns at uploading a key, among this process and all others that use the repository. */
export class UploadTurns {
  readonly #layout: ObjectLayout;
  readonly #modes: AnnexModes;
  readonly #disk: Disk;
  readonly #turns: Turns;
  /** Whether they have been made, and were there the last time. */
  #hasUploadDirectories = false;

  /** @param turns those of this process; may be long. */
  constructor(
    place: { readonly layout: ObjectLayout; readonly modes: AnnexModes; readonly disk: Disk },
    turns: Turns,
  ) {
    this.#layout = place.layout;
    this.#modes = place.modes;
    this.#disk = place.disk;
    this.#turns = turns;
  }

  /**
   * Waits for the turn in this process, then for other processes; gives what ends both.
   * @throws DepositBusyError when the wait timed out, the signal's reason, ObjectStoreError.
   */
  async take(key: Key, options: TurnOptions): Promise<() => Promise<void>> {
    const { timeoutMs, signal } = options;
    const startMs = performance.now();
    const leave = await this.#inProcessTurn(key, timeoutMs, signal);
    try {
      const leftMs = Math.max(0, timeoutMs - (performance.now() - startMs));
      const lock = await this.#transferLock(key, leftMs, signal);
      return async (): Promise<void> => {
        lock.release();
        await lock.released;
        leave();
      };
    } catch (error) {
      leave();
      if (error instanceof FileLockTimeoutError) {
        throw new DepositBusyError(timeoutMs, { key, path: error.path, cause: error });
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
      if (!(error instanceof TurnTimeoutError)) throw error;
      throw new DepositBusyError(waitMs, { key, cause: error });
    }
  }

  async #transferLock(
    key: Key,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<FileLock> {
    const lock = (): Promise<FileLock> =>
      lockFile(this.#layout.transferLock(key), 'exclusive', {
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
