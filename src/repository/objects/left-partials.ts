import type { BigIntStats } from 'node:fs';
import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { keyFile, parseKeyFile, serializeKey, type Key } from '../../key/index.ts';
import { decodeText, encodeText } from '../../units/index.ts';
import type { AnnexModes } from '../files/annex-modes.ts';
import { makeDirectory } from '../files/directories.ts';
import type { DiskFile } from '../files/disk-file.ts';
import { isErrorCode } from '../files/error-code.ts';
import { tryLockFile, type FileLock } from '../files/file-lock.ts';
import { TurnTimeoutError, type Turns } from '../turns.ts';
import type { ObjectLayout } from './layout.ts';

/**
 * Remembers which partial contents interrupted uploads have left, so that they can be cleared when
 * nobody comes back for them. git-annex keeps its own unfinished downloads under the same names, and
 * those are not ours to clear: so an upload that breaks off notes size and time of what it leaves
 * (`annex/ballast/left/KEYFILE`), and only a file that is still just that is ever removed. What a
 * killed process leaves is noted by who looks at its unfinished acts (`adopt`).
 */
export class LeftPartials {
  readonly #layout: ObjectLayout;
  readonly #modes: AnnexModes;
  /** The turns of whoever writes a partial in this process. */
  readonly #depositing: Turns;

  constructor(
    place: { readonly layout: ObjectLayout; readonly modes: AnnexModes },
    depositing: Turns,
  ) {
    this.#layout = place.layout;
    this.#modes = place.modes;
    this.#depositing = depositing;
  }

  /** Notes what an upload leaves; called while it still holds the key's transfer lock. */
  async note(key: Key, partial: DiskFile): Promise<void> {
    await this.#write(key, describe(await partial.status()));
  }

  async #write(key: Key, text: string): Promise<void> {
    const [parent, directory] = this.#layout.leftDirectories;
    await makeDirectory(parent, this.#modes.directory);
    await makeDirectory(directory, this.#modes.directory);
    await writeFile(this.#noteOf(key), text, { mode: this.#modes.file });
  }

  /**
   * Notes what an upload of ballast's left that nobody ended: its process was killed. What somebody
   * writes at this moment is not noted.
   */
  async adopt(key: Key, partial: Buffer): Promise<void> {
    if ((await describeIfAny(partial)) === undefined) return;
    await this.#alone(key, async () => {
      const text = await describeIfAny(partial);
      if (text !== undefined) await this.#write(key, text);
    });
  }

  /**
   * Removes what has been left for longer than some time. What is being written to is left alone, and
   * so is what has changed since.
   *
   * @returns how many partial contents were removed.
   */
  async expire(lifetimeMs: number, nowMs: number): Promise<number> {
    let expired = 0;
    for (const name of await namesIn(this.#layout.leftDirectories[1])) {
      const key = parseKeyFile(name);
      // A name that no key has is not a note of ours.
      if (key === undefined || keyFile(key) !== name || !this.#layout.isLockable(key)) continue;
      if (await this.#expireOne(key, nowMs - lifetimeMs)) expired += 1;
    }
    return expired;
  }

  async #expireOne(key: Key, beforeMs: number): Promise<boolean> {
    const noted = await readIfAny(this.#noteOf(key));
    if (noted === undefined || notedTimeMs(noted) >= beforeMs) return false;
    return (await this.#alone(key, () => this.#clear(key, noted))) ?? false;
  }

  /** Does something as the only one who might write the partial; undefined when somebody else is. */
  async #alone<T>(key: Key, act: () => Promise<T>): Promise<T | undefined> {
    let leave: () => void;
    try {
      leave = await this.#depositing.take(serializeKey(key), { waitMs: 0 });
    } catch (error) {
      if (error instanceof TurnTimeoutError) return undefined;
      throw error;
    }
    let lock: FileLock | undefined;
    try {
      lock = tryLockFile(this.#layout.transferLock(key), 'exclusive', {
        create: true,
        createMode: this.#modes.file,
        removeOnRelease: true,
      });
      return lock === undefined ? undefined : await act();
    } finally {
      lock?.release();
      leave();
    }
  }

  async #clear(key: Key, noted: string): Promise<boolean> {
    const partial = this.#layout.partial(key);
    const note = this.#noteOf(key);
    const isStillOurs = partial !== undefined && (await describeIfAny(partial)) === noted;
    if (isStillOurs) await rm(partial, { force: true });
    // An upload that ended between the reading and the locking may have noted something newer.
    if ((await readIfAny(note)) === noted) await rm(note, { force: true });
    return isStillOurs;
  }

  #noteOf(key: Key): Buffer {
    const [, directory] = this.#layout.leftDirectories;
    return Buffer.concat([directory, Buffer.from('/'), Buffer.from(encodeText(keyFile(key)))]);
  }
}

/** `SIZE MTIME`: bytes, and nanoseconds since 1970. */
function describe({ size, mtimeNs }: BigIntStats): string {
  return `${size} ${mtimeNs}`;
}

async function describeIfAny(path: Buffer): Promise<string | undefined> {
  try {
    return describe(await lstat(path, { bigint: true }));
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** When the partial of a note was written to last. A note that a full disk cut short is very old. */
function notedTimeMs(noted: string): number {
  const nanoseconds = /^\d+ (\d+)$/.exec(noted)?.[1] ?? '0';
  return Number(nanoseconds) / 1e6;
}

async function readIfAny(path: Buffer): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function namesIn(directory: Buffer): Promise<string[]> {
  try {
    const names = await readdir(directory, { encoding: 'buffer' });
    return names.map((name) => decodeText(name));
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
