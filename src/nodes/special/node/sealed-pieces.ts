import type { Key } from '../../../key/index.ts';
import { withoutFirst, type ByteStream } from '../../../stream/index.ts';
import type { Cipher } from '../cipher/cipher.ts';
import type { ChunkPart } from '../pieces/chunks.ts';
import type { PieceDeposit, PiecePutOptions, PieceStore } from '../pieces/piece-store.ts';

/**
 * The parts of contents in a place that keeps pieces: under names and in a form that only who has the
 * cipher can read, or as they are where there is none.
 */
export class SealedPieces {
  readonly #store: PieceStore;
  readonly #cipher: Cipher | undefined;

  constructor(store: PieceStore, cipher: Cipher | undefined) {
    this.#store = store;
    this.#cipher = cipher;
  }

  /** Whether parts are stored as they are, so that sizes and ranges are those of the content. */
  get isPlain(): boolean {
    return this.#cipher === undefined;
  }

  /** Whether a part that broke off can be gone on with: what is encrypted goes through a program, and cannot. */
  get canPause(): boolean {
    return this.isPlain && this.#store.canPause === true;
  }

  /** The key that a part is stored under. */
  nameOf({ key }: Pick<ChunkPart, 'key'>): Key {
    return this.#cipher === undefined ? key : this.#cipher.nameOf(key);
  }

  /**
   * Whether a part is there.
   *
   * @returns `otherSize` for a part that is stored plainly and has not its size, which is no part of the content.
   */
  async look(part: ChunkPart): Promise<'there' | 'absent' | 'otherSize'> {
    const found = await this.#store.look(this.nameOf(part));
    if (found === undefined) return 'absent';
    const isKnown = this.isPlain && found.sizeBytes !== undefined && part.lengthBytes !== undefined;
    return isKnown && found.sizeBytes !== part.lengthBytes ? 'otherSize' : 'there';
  }

  /** A part from a byte of it on; `undefined` when it is not there. */
  async get(
    part: ChunkPart,
    fromByte: number,
  ): Promise<{ readonly sizeBytes: number | undefined; readonly stream: ByteStream } | undefined> {
    if (this.#cipher === undefined) return await this.#store.get(this.nameOf(part), fromByte);
    const stored = await this.#store.get(this.nameOf(part), 0);
    if (stored === undefined) return undefined;
    const stream = withoutFirst(this.#cipher.decrypted(stored.stream), fromByte);
    return { sizeBytes: undefined, stream };
  }

  /**
   * Begins to store a part.
   *
   * @param by.taken what the store has taken of it: a part that is stored plainly.
   * @param by.source what its bytes come from, for places that may share them on the way: not those of what is encrypted,
   * which differ each time.
   */
  async put(
    part: ChunkPart,
    { taken, source }: Partial<Pick<PiecePutOptions, 'taken' | 'source'>> = {},
  ): Promise<PieceDeposit> {
    const name = this.nameOf(part);
    if (this.#cipher === undefined) {
      const sizeBytes = this.isPlain ? part.lengthBytes : undefined;
      return await this.#store.put(name, { sizeBytes, taken, source });
    }
    return this.#cipher.encrypting(await this.#store.put(name, { sizeBytes: undefined, taken }));
  }

  /** Removes a part, if it is there. */
  async remove(part: Pick<ChunkPart, 'key'>): Promise<void> {
    await this.#store.remove(this.nameOf(part));
  }
}
