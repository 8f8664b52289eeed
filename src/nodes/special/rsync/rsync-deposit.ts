import assert from 'node:assert/strict';
import type { HeldPiece } from '../files/held-piece.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import type { RsyncChild } from './rsync-child.ts';
import type { Rsync } from './rsync.ts';

/** A piece on its way to an rsync remote: it grows in a temporary file, which rsync stores at `commit`. */
export class RsyncDeposit implements PieceDeposit {
  readonly #rsync: Rsync;
  readonly #held: HeldPiece;
  readonly #mode: number;
  #running: RsyncChild | undefined;
  #isOver = false;

  /** @param mode of the file, as far as the other end takes it on. */
  constructor(rsync: Rsync, held: HeldPiece, mode: number) {
    this.#rsync = rsync;
    this.#held = held;
    this.#mode = mode;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#held.write(bytes);
  }

  async commit(): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#held.whole(this.#mode);
    await this.#rsync.store(this.#held.directory, (child) => {
      this.#running = child;
      if (this.#isOver) child.kill();
    });
    this.#isOver = true;
    await this.#held.end();
  }

  async abandon(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#running?.kill();
    await this.#running?.ended();
    await this.#held.end();
  }
}
