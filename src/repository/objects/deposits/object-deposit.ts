import assert from 'node:assert/strict';
import type { Key, Verifier } from '../../../key/index.ts';
import { isMadeAsAsked } from '../../files/directories.ts';
import type { Disk, Soon } from '../../files/disk.ts';
import type { OpenFile } from '../../files/disk.ts';
import { openFlags } from '../../files/system-calls.ts';
import { moveIntoPlace, prepareDirectories } from './into-place.ts';
import type { ObjectLocation } from '../object-location.ts';
import { EarlyFlush } from './early-flush.ts';
import { ObjectStoreError, objectError } from '../object-errors.ts';
import { readBytesMax } from '../object-reader.ts';
import type { AnnexModes } from '../../files/annex-modes.ts';
import type { SpaceClaim } from './space-guard.ts';
import { isErrorCode } from '../../../units/index.ts';

/**
 * A content being stored. What is written is not the content before `commit`, which the caller calls
 * only once the bytes have proved to be the key's. In this order: `start`, `write` as often as needed,
 * and `commit`; or `abandon` at any time, which is required unless `commit` succeeded.
 */
export interface Deposit {
  /** Bytes of an earlier interrupted upload that are kept: what a peer may skip. */
  readonly offsetBytes: number;
  /** Whether a later upload can go on from what is kept when this one is given up. */
  readonly isResumable: boolean;
  /**
   * Bytes of what is kept, or was written since, to hash them; none where they are not there any
   * more. May go on while more is written.
   */
  readBack(range: {
    readonly fromByte: number;
    readonly untilByte: number;
  }): AsyncIterable<Uint8Array>;
  /** Whether `readBack` gives what was written since `start`, too. Default: it does. */
  readonly canReadWritten?: boolean | undefined;
  /**
   * Where what is kept can be gone on with, but not read back: a place for the hash of it, which whoever writes puts
   * there, and finds there when an upload goes on. Absent where `readBack` gives what is kept.
   */
  readonly keptHash?: KeptHash | undefined;
  /** Says where the bytes to come begin: at most at `offsetBytes`. Once, before any `write`. */
  start(atByte: number): Promise<void>;
  /** Takes the next bytes, which may be reused when it settles; then more may come. */
  write(piece: Uint8Array): Promise<void>;
  /**
   * Makes what was written the content, durably, and records that it is here. When the content has
   * come in another way meanwhile, these bytes are discarded.
   */
  commit(): Promise<void>;
  /** Gives up; the bytes written so far stay for a later upload to go on from, or are deleted. */
  abandon(bytes: 'keep' | 'delete'): Promise<void>;
}

/** What hashes an upload that cannot be read back: all that was written, from its first byte on. */
export interface KeptHash {
  /** `undefined` before anything was written. */
  verifier: Verifier | undefined;
}

/** What a deposit works on; it owns the claim and the lock and gives them back at its end. */
export interface DepositParts {
  readonly key: Key;
  readonly partial: Buffer;
  readonly location: ObjectLocation;
  readonly modes: AnnexModes;
  readonly disk: Disk;
  readonly offsetBytes: number;
  readonly claim: SpaceClaim;
  isPresent(): Soon<boolean>;
  /** Called before the end of an upload that leaves a partial which it has written to. */
  noteLeft(partial: OpenFile): Promise<void>;
  /** Clears the content's place of what is no content. */
  makeWay(): Promise<void>;
  /** Does the last step where no removal of the key runs at the same time. */
  exclusively(action: () => Promise<void>): Promise<void>;
  unlock(): Promise<void>;
  /** Called when the content is there and the key's turn is over. */
  readonly committed: (() => Promise<void>) | undefined;
}

/** A deposit into `annex/tmp/KEYFILE` (spec/git-annex-branch.md section 2.1). */
export class PartialFileDeposit implements Deposit {
  readonly isResumable = true;
  readonly offsetBytes: number;
  readonly #parts: DepositParts;
  #file: OpenFile | undefined;
  /** What was left, from its being hashed on: another file cannot take its place unnoticed. */
  #kept: OpenFile | undefined;
  #flushed: EarlyFlush | undefined;
  #position = 0;
  #isOver = false;
  /** After a failed fsync the system may show bytes that never reach the disk. */
  #isUntrustworthy = false;

  constructor(parts: DepositParts) {
    this.#parts = parts;
    this.offsetBytes = parts.offsetBytes;
  }

  async *readBack({
    fromByte,
    untilByte,
  }: Parameters<Deposit['readBack']>[0]): AsyncGenerator<Uint8Array> {
    assert(!this.#isOver, 'the deposit is over');
    assert(fromByte >= 0 && untilByte >= fromByte, 'no range');
    const thereBytes = Math.max(this.offsetBytes, this.#position);
    assert(untilByte <= thereBytes, 'reading beyond the partial content');
    if (untilByte === fromByte) return;
    const { key, partial } = this.#parts;
    try {
      const file = this.#file ?? (this.#kept ??= await openThere(this.#parts));
      for (let position = fromByte; position < untilByte; ) {
        const buffer = Buffer.allocUnsafeSlow(Math.min(readBytesMax, untilByte - position));
        const bytesRead = await file.read(buffer, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      throw objectError(error, 'reading the partial content', { key, path: partial });
    }
  }

  async start(atByte: number): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    assert(this.#file === undefined, 'the deposit has started already');
    assert(
      Number.isSafeInteger(atByte) && atByte >= 0 && atByte <= this.offsetBytes,
      'start beyond the partial content',
    );
    const { key, partial } = this.#parts;
    try {
      this.#file = atByte === 0 ? await openPartial(this.#parts) : await this.#openKept(atByte);
    } catch (error) {
      throw objectError(error, 'opening the partial content', { key, path: partial });
    }
    if (this.#isOver) {
      // Whoever waited for this has given the upload up meanwhile.
      await this.#file.close();
      throw new ObjectStoreError('the upload was given up', { key, path: partial });
    }
    this.#position = atByte;
    this.#flushed = new EarlyFlush(this.#file);
  }

  /** What comes before the bytes to be written must be what was hashed, and not new zeros. */
  async #openKept(atByte: number): Promise<OpenFile> {
    const { key, partial, disk } = this.#parts;
    this.#kept ??= await openThere(this.#parts);
    const [kept, there] = [await this.#kept.status(), await disk.lookExactly(partial)];
    const isSame = kept.ino === there?.ino && kept.dev === there.dev;
    if (isSame && kept.size >= BigInt(atByte)) return this.#kept;
    throw new ObjectStoreError(
      'what an interrupted upload left is not there any more; begin the upload anew',
      { key, path: partial },
    );
  }

  async write(chunk: Uint8Array): Promise<void> {
    const file = this.#started();
    const { key, partial, claim } = this.#parts;
    try {
      for (let written = 0; written < chunk.length; ) {
        const bytesWritten = await file.write(chunk.subarray(written), this.#position);
        written += bytesWritten;
        this.#position += bytesWritten;
        claim.fulfil(bytesWritten);
      }
      this.#flushed?.wrote(chunk.length);
    } catch (error) {
      throw objectError(error, 'writing the partial content', { key, path: partial });
    }
  }

  async commit(): Promise<void> {
    const file = this.#started();
    const { key, partial, location, modes, disk } = this.#parts;
    try {
      // Only what an earlier upload left can be longer than what this one wrote.
      if (this.offsetBytes > this.#position) await file.truncate(this.#position);
      await file.setMode(modes.content);
      const directories = prepareDirectories(this.#parts);
      // Both have ended before the file may be closed.
      await Promise.allSettled([directories, this.#sync(file)]).then(throwFirst);
      const prepared = await directories;
      await this.#parts.exclusively(async () => {
        if (await this.#parts.isPresent()) return await disk.remove(partial);
        await this.#parts.makeWay();
        await moveIntoPlace(this.#parts, prepared);
      });
    } catch (error) {
      throw objectError(error, 'storing the content', { key, path: location.content });
    }
    await this.#end();
    await this.#parts.committed?.();
  }

  async abandon(bytes: 'keep' | 'delete'): Promise<void> {
    if (this.#isOver) return;
    const { key, partial, disk } = this.#parts;
    try {
      await this.#flushed?.ended().catch(() => (this.#isUntrustworthy = true));
      const isEmpty = this.#position === 0 && this.offsetBytes === 0;
      if (bytes === 'delete' || this.#isUntrustworthy || isEmpty) await disk.remove(partial);
      else if (this.#file !== undefined) await this.#parts.noteLeft(this.#file);
    } catch (error) {
      throw objectError(error, 'removing the partial content', { key, path: partial });
    } finally {
      await this.#end();
    }
  }

  #started(): OpenFile {
    assert(!this.#isOver, 'the deposit is over');
    assert(this.#file !== undefined, 'the deposit has not started');
    return this.#file;
  }

  async #sync(file: OpenFile): Promise<void> {
    try {
      await this.#flushed?.ended();
      await file.sync();
    } catch (error) {
      this.#isUntrustworthy = true;
      throw error;
    }
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#parts.claim.release();
    try {
      await this.#flushed?.ended().catch(() => undefined);
      if (this.#kept !== this.#file) await this.#kept?.close();
      await this.#file?.close();
    } finally {
      await this.#parts.unlock();
    }
  }
}

function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

const flags = openFlags.O_RDWR | openFlags.O_NOFOLLOW;

async function openPartial(parts: DepositParts): Promise<OpenFile> {
  const mode = parts.modes.file;
  const anew = flags | openFlags.O_CREAT | openFlags.O_EXCL;
  try {
    const file = await parts.disk.open(parts.partial, anew, { mode });
    if (!isMadeAsAsked(mode)) await file.setMode(mode);
    return file;
  } catch (error) {
    if (!isErrorCode(error, 'EEXIST')) throw error;
  }
  return await openThere(parts);
}

/** Opens what is there, and makes nothing. */
async function openThere({ disk, partial, modes }: DepositParts): Promise<OpenFile> {
  try {
    return await disk.open(partial, flags);
  } catch (error) {
    if (!isErrorCode(error, 'EACCES')) throw error;
  }
  // A crash between the last two steps of a commit left it complete and write protected.
  await disk.setMode(partial, modes.file);
  return await disk.open(partial, flags);
}
