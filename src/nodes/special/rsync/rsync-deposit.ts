import assert from 'node:assert/strict';
import type { HeldPiece } from '../files/held-piece.ts';
import type { RsyncChild } from './rsync-child.ts';

/** Has rsync store a file; it tells of each rsync that is started for it. */
export type StoreByRsync = (running: (child: RsyncChild) => void) => Promise<void>;

/** What is on its way to an rsync remote: it grows in a temporary file, which rsync stores at its end. */
export class RsyncDeposit {
  readonly #held: HeldPiece;
  readonly #mode: number;
  #running: RsyncChild | undefined;
  #isOver = false;

  /** @param mode of the file, as far as the other end takes it on. */
  constructor(held: HeldPiece, mode: number) {
    this.#held = held;
    this.#mode = mode;
  }

  /** Takes the next bytes, which may be reused when it settles. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#held.write(bytes);
  }

  /** Stores what was written. */
  async commit(store: StoreByRsync): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#held.whole(this.#mode);
    await store((child) => {
      this.#running = child;
      if (this.#isOver) child.kill();
    });
    this.#isOver = true;
    await this.#held.end();
  }

  /** Gives up. Harmless more than once, and after `commit`. */
  async abandon(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#running?.kill();
    await this.#running?.ended();
    await this.#held.end();
  }
}
