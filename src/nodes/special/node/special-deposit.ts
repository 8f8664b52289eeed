import assert from 'node:assert/strict';
import type { Key } from '../../../key/index.ts';
import type { KeptHash } from '../../../repository/index.ts';
import type { Deposit } from '../../storage-node.ts';
import { partAt, partsOf, placeOf, type Cut, type ChunkPart } from '../pieces/chunks.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import type { PausedPiece, PausedPieces } from './paused-pieces.ts';
import type { SealedPieces } from './sealed-pieces.ts';

/** What a deposit works on. */
export interface SpecialDepositParts {
  readonly key: Key;
  readonly cut: Cut;
  readonly pieces: SealedPieces;
  /** Where a whole that breaks off is kept to be gone on with; `undefined` where it is not. */
  readonly pauses: PausedPieces | undefined;
  /** What the place has taken of a whole, that it need not be sent; `undefined` where it has nothing. */
  readonly taken: object | undefined;
  /** What the bytes come from, for places that may share them on the way; `undefined` where none does. */
  readonly source: object | undefined;
  /** Parts that are there, from the first one on. */
  readonly partsThere: number;
  /** The bytes of parts that are there. */
  readBack(range: {
    readonly fromByte: number;
    readonly untilByte: number;
  }): AsyncIterable<Uint8Array>;
  /** Called before the last part shows. Throws when the others are not all there. */
  mayEnd(): Promise<void>;
  /** Called when all parts are there, before the deposit is over. */
  stored(): Promise<void>;
  /** Called once, at the end. */
  over(): void;
}

/** Whole parts that are made durable at once, while the next one arrives. */
const commitsMax = 4;

/**
 * A content on its way to a special remote, part by part. All parts but the last show as soon as they are
 * whole, which makes no content of them, and the last one at `commit` (spec/special-remotes.md section 3.4).
 */
export class SpecialDeposit implements Deposit {
  readonly #parts: SpecialDepositParts;
  readonly offsetBytes: number;
  /** A part shows when it is whole. */
  readonly canReadWritten = false;
  readonly keptHash: KeptHash | undefined;
  /** What an earlier upload left, until it is known whether this one goes on with it. */
  #left: PausedPiece | undefined;
  /** Bytes to come that were written by an earlier upload. */
  #writtenBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  /** Whether it is not known any more what was written, or whether all of it was. */
  #isUncertain = false;
  #place = 0;
  #part: ChunkPart | undefined;
  #open: PieceDeposit | undefined;
  /** Where in the content the next byte goes. */
  #position = 0;
  /** Parts that may be there now, by this upload or an earlier one. */
  #partsThere: number;
  readonly #commits = new Set<Promise<void>>();
  /** Why a part before the current one did not come to be there. */
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;

  constructor(parts: SpecialDepositParts) {
    this.#parts = parts;
    this.#partsThere = parts.partsThere;
    const { cut, key, partsThere, pauses } = parts;
    this.#left = pauses?.take(key);
    this.keptHash = pauses && (this.#left?.keptHash ?? { verifier: undefined });
    const partsBytes = partsThere === 0 ? 0 : partAt(key, cut, partsThere).fromByte;
    this.offsetBytes = this.#left?.positionBytes ?? partsBytes;
  }

  /** Bytes that would be kept if the upload broke off now, where they cannot be read back. */
  get keptBytes(): number {
    if (this.#left !== undefined) return this.#left.positionBytes;
    return this.#open?.canPause === true ? this.#position : 0;
  }

  get isResumable(): boolean {
    return this.#parts.cut.kind === 'chunks';
  }

  readBack(range: {
    readonly fromByte: number;
    readonly untilByte: number;
  }): AsyncIterable<Uint8Array> {
    assert(!this.#isOver, 'the deposit is over');
    return this.#parts.readBack(range);
  }

  async start(atByte: number): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    assert(this.#part === undefined, 'the deposit has started already');
    assert(atByte >= 0 && atByte <= this.offsetBytes, 'start beyond what is kept');
    const left = this.#left;
    this.#left = undefined;
    if (left !== undefined && atByte > 0) {
      this.#part = partAt(this.#parts.key, this.#parts.cut, 0);
      this.#open = left.deposit;
      this.#position = left.positionBytes;
      this.#writtenBytes = left.positionBytes - atByte;
      return;
    }
    await left?.deposit.abandon();
    await this.#begin(placeOf(this.#parts.cut, atByte));
    const { fromByte } = this.#current();
    this.#position = fromByte;
    // What is replaced from its middle on has its beginning from what it replaces.
    if (atByte === fromByte) return;
    for await (const bytes of this.#parts.readBack({ fromByte, untilByte: atByte })) {
      await this.write(bytes);
    }
    assert(this.#position === atByte, 'what was kept is not there any more');
  }

  async write(bytes: Uint8Array): Promise<void> {
    const known = Math.min(this.#writtenBytes, bytes.length);
    this.#writtenBytes -= known;
    this.#writing = this.#write(bytes.subarray(known));
    try {
      await this.#writing;
    } catch (error) {
      this.#isUncertain = true;
      throw error;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let left = bytes;
    while (left.length > 0) {
      const { fromByte, lengthBytes } = this.#current();
      const isLast = this.#place + 1 >= partsOf(this.#parts.cut);
      const endByte = lengthBytes === undefined || isLast ? Infinity : fromByte + lengthBytes;
      const take = left.subarray(0, Math.min(left.length, endByte - this.#position));
      await this.#opened().write(take);
      this.#position += take.length;
      left = left.subarray(take.length);
      if (this.#position === endByte) await this.#next();
    }
  }

  async commit(): Promise<void> {
    assert(this.#place + 1 === partsOf(this.#parts.cut), 'not all parts were written');
    this.#isUncertain = true;
    await Promise.all(this.#commits);
    this.#assertNoneFailed();
    await this.#parts.mayEnd();
    await this.#opened().commit();
    this.#partsThere = partsOf(this.#parts.cut);
    await this.#parts.stored();
    this.#end();
  }

  async abandon(bytes: 'keep' | 'delete'): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      if (bytes === 'keep' && (await this.#isKept())) return;
      await (this.#open ?? this.#left?.deposit)?.abandon();
      await Promise.all(this.#commits);
      if (bytes === 'delete') await this.#removeParts();
    } finally {
      this.#end();
    }
  }

  /** Keeps what an upload that broke off has brought, where that can be; whether it did. */
  async #isKept(): Promise<boolean> {
    const { pauses, key } = this.#parts;
    const { keptHash } = this;
    if (pauses === undefined || keptHash === undefined) return false;
    if (this.#left !== undefined) {
      pauses.keep(key, this.#left);
      return true;
    }
    const memoryBytes = await this.#pause();
    const deposit = this.#open;
    const isHashed = keptHash.verifier !== undefined;
    if (memoryBytes === undefined || deposit === undefined || !isHashed) return false;
    pauses.keep(key, { deposit, positionBytes: this.#position, memoryBytes, keptHash });
    return true;
  }

  async #pause(): Promise<number | undefined> {
    try {
      await this.#writing;
      return this.#isUncertain ? undefined : await this.#open?.pause?.();
    } catch {
      // Whoever wrote has been told why, and nothing is kept.
      return undefined;
    }
  }

  async #next(): Promise<void> {
    const deposit = this.#opened();
    this.#partsThere = Math.max(this.#partsThere, this.#place + 1);
    const commit = this.#commitPart(deposit).finally(() => this.#commits.delete(commit));
    this.#commits.add(commit);
    if (this.#commits.size >= commitsMax) await Promise.race(this.#commits);
    this.#assertNoneFailed();
    await this.#begin(this.#place + 1);
  }

  /** Never rejects: what goes wrong is told to who writes next. */
  async #commitPart(deposit: PieceDeposit): Promise<void> {
    try {
      await deposit.commit();
    } catch (error) {
      this.#failure ??= { error };
      await deposit.abandon().catch(() => undefined);
    }
  }

  #assertNoneFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #begin(place: number): Promise<void> {
    const { key, cut, pieces, taken, source } = this.#parts;
    this.#place = place;
    this.#part = partAt(key, cut, place);
    // The beginning of a chunk may be what this place has kept of an earlier upload, which another has not.
    const open = await pieces.put(this.#part, cut.kind === 'whole' ? { taken, source } : {});
    this.#open = open;
    if (!this.#isOver) return;
    await open.abandon();
    throw new Error('the upload was given up');
  }

  /** What is wrong must not be taken for a beginning. From the last one on, so that no end stays. */
  async #removeParts(): Promise<void> {
    const { key, cut, pieces } = this.#parts;
    for (let place = this.#partsThere - 1; place >= 0; place -= 1) {
      await pieces.remove(partAt(key, cut, place));
    }
  }

  #current(): ChunkPart {
    assert(this.#part !== undefined, 'the deposit has not started');
    return this.#part;
  }

  #opened(): PieceDeposit {
    assert(this.#open !== undefined, 'the deposit has not started');
    assert(!this.#isOver, 'the deposit is over');
    return this.#open;
  }

  #end(): void {
    this.#isOver = true;
    this.#parts.over();
  }
}
