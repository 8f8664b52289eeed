import assert from 'node:assert/strict';
import type { GrowingPiece } from './growing-piece.ts';

/** A piece that grows in a file, as one of those has it who store it from there. */
export class HeldPiece {
  readonly #piece: GrowingPiece;
  readonly #leave: () => Promise<void>;
  #positionBytes = 0;
  #left: Promise<void> | undefined;

  /** @param leave called once, when it is held no longer. */
  constructor(piece: GrowingPiece, leave: () => Promise<void>) {
    this.#piece = piece;
    this.#leave = leave;
  }

  /** The directory that nothing but the file and the directories above it is in. */
  get directory(): string {
    return this.#piece.directory;
  }

  /** The file. It is read only: others may have it, too. */
  get path(): string {
    return this.#piece.path;
  }

  /** Bytes that this one has written. */
  get positionBytes(): number {
    return this.#positionBytes;
  }

  /**
   * Takes the next bytes.
   *
   * @throws NOT_ENOUGH_SPACE
   */
  async write(bytes: Uint8Array): Promise<void> {
    assert(this.#left === undefined, 'it is held no longer');
    await this.#piece.write(bytes, this.#positionBytes);
    this.#positionBytes += bytes.length;
  }

  /** Nothing comes after what was written: the file can be stored. */
  async whole(mode: number): Promise<void> {
    assert(this.#left === undefined, 'it is held no longer');
    await this.#piece.whole(this.#positionBytes, mode);
  }

  /** Holds it no longer. Harmless more than once. */
  end(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }
}
