import { keyFile, parseKeyFile, serializeKey, type Key } from '../../../key/index.ts';
import { decodeText, encodeText, isErrorCode } from '../../../units/index.ts';
import type { AnnexModes } from '../../files/annex-modes.ts';
import { makeDirectory } from '../../files/directories.ts';
import type { Disk } from '../../files/disk.ts';
import { DiskFile } from '../../files/disk-file.ts';
import type { FileLock } from '../../files/locks.ts';
import type { System } from '../../system.ts';
import { openFlags, type ExactStatus } from '../../files/system-calls.ts';
import { type Turns } from '../../../waiting/index.ts';
import type { ObjectLayout } from '../layout.ts';

/** Two numbers of twenty digits at most. */
const noteBytesMax = 64;

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
  readonly #disk: Disk;
  readonly #system: Pick<System, 'locks'>;
  /** The turns of whoever writes a partial in this process. */
  readonly #depositing: Turns;

  constructor(
    place: {
      readonly layout: ObjectLayout;
      readonly modes: AnnexModes;
      readonly disk: Disk;
      readonly system: Pick<System, 'locks'>;
    },
    depositing: Turns,
  ) {
    this.#layout = place.layout;
    this.#modes = place.modes;
    this.#disk = place.disk;
    this.#system = place.system;
    this.#depositing = depositing;
  }

  /** Notes what an upload leaves; called while it still holds the key's transfer lock. */
  async note(key: Key, partial: DiskFile): Promise<void> {
    await this.#write(key, describe(await partial.status()));
  }

  async #write(key: Key, text: string): Promise<void> {
    const [parent, directory] = this.#layout.leftDirectories;
    await makeDirectory(parent, this.#modes.directory, this.#disk);
    await makeDirectory(directory, this.#modes.directory, this.#disk);
    const anew = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_TRUNC;
    const { file: mode } = this.#modes;
    const note = await DiskFile.open(this.#disk, this.#noteOf(key), anew, { mode });
    try {
      await note.writeAll(Buffer.from(text), 0);
    } finally {
      await note.close();
    }
  }

  /**
   * Notes what an upload of ballast's left that nobody ended: its process was killed. What somebody
   * writes at this moment is not noted.
   */
  async adopt(key: Key, partial: Buffer): Promise<void> {
    if ((await describeIfAny(partial, this.#disk)) === undefined) return;
    await this.#alone(key, async () => {
      const text = await describeIfAny(partial, this.#disk);
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
    for (const name of await namesIn(this.#layout.leftDirectories[1], this.#disk)) {
      const key = parseKeyFile(name);
      // A name that no key has is not a note of ours.
      if (key === undefined || keyFile(key) !== name || !this.#layout.isLockable(key)) continue;
      if (await this.#expireOne(key, nowMs - lifetimeMs)) expired += 1;
    }
    return expired;
  }

  async #expireOne(key: Key, beforeMs: number): Promise<boolean> {
    const noted = await readIfAny(this.#noteOf(key), this.#disk);
    if (noted === undefined || notedTimeMs(noted) >= beforeMs) return false;
    return (await this.#alone(key, () => this.#clear(key, noted))) ?? false;
  }

  /** Does something as the only one who might write the partial; undefined when somebody else is. */
  async #alone<T>(key: Key, act: () => Promise<T>): Promise<T | undefined> {
    let leave: () => void;
    try {
      leave = await this.#depositing.take(serializeKey(key), { waitMs: 0 });
    } catch (error) {
      if (isErrorCode(error, 'TURN_TIMEOUT')) return undefined;
      throw error;
    }
    let lock: FileLock | undefined;
    try {
      lock = await this.#system.locks.tryLock(this.#layout.transferLock(key), 'exclusive', {
        disk: this.#disk,
        create: true,
        createMode: this.#modes.file,
        removeOnRelease: true,
      });
      return lock === undefined ? undefined : await act();
    } finally {
      lock?.release();
      await lock?.released;
      leave();
    }
  }

  async #clear(key: Key, noted: string): Promise<boolean> {
    const partial = this.#layout.partial(key);
    const note = this.#noteOf(key);
    const isStillOurs =
      partial !== undefined && (await describeIfAny(partial, this.#disk)) === noted;
    if (isStillOurs) await this.#disk.remove(partial);
    // An upload that ended between the reading and the locking may have noted something newer.
    if ((await readIfAny(note, this.#disk)) === noted) await this.#disk.remove(note);
    return isStillOurs;
  }

  #noteOf(key: Key): Buffer {
    const [, directory] = this.#layout.leftDirectories;
    return Buffer.concat([directory, Buffer.from('/'), Buffer.from(encodeText(keyFile(key)))]);
  }
}

/** `SIZE MTIME`: bytes, and nanoseconds since 1970. */
function describe({ size, mtimeNs }: ExactStatus): string {
  return `${size} ${mtimeNs}`;
}

async function describeIfAny(path: Buffer, disk: Disk): Promise<string | undefined> {
  const status = await disk.lookExactly(path);
  return status && describe(status);
}

/** When the partial of a note was written to last. A note that a full disk cut short is very old. */
function notedTimeMs(noted: string): number {
  const nanoseconds = /^\d+ (\d+)$/.exec(noted)?.[1] ?? '0';
  return Number(nanoseconds) / 1e6;
}

async function readIfAny(path: Buffer, disk: Disk): Promise<string | undefined> {
  try {
    const file = await DiskFile.open(disk, path, openFlags.O_RDONLY);
    try {
      return Buffer.from(await file.readAll(noteBytesMax)).toString('latin1');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function namesIn(directory: Buffer, disk: Disk): Promise<string[]> {
  try {
    const names = await disk.names(directory);
    return names.map((name) => decodeText(name));
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}
