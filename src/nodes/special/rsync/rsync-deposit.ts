import assert from 'node:assert/strict';
import type { RsyncChild } from './rsync-child.ts';
import type { ScratchFile } from './scratch.ts';

/** Has rsync store a file; it tells of each rsync that is started for it. */
export type StoreByRsync = (running: (child: RsyncChild) => void) => Promise<void>;

/** What is on its way to an rsync remote: it grows in a temporary file, which rsync stores at its end. */
export class RsyncDeposit {
  readonly #scratch: ScratchFile;
  readonly #mode: number;
  #position = 0;
  #running: RsyncChild | undefined;
  #isOver = false;

  /** @param mode of the file, as far as the other end takes it on. */
  constructor(scratch: ScratchFile, mode: number) {
    this.#scratch = scratch;
    this.#mode = mode;
  }

  /** Takes the next bytes, which may be reused when it settles. */
  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#scratch.room.take(bytes.length);
    await this.#scratch.file.writeAll(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** Stores what was written. */
  async commit(store: StoreByRsync): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#scratch.file.setMode(this.#mode);
    await store((child) => {
      this.#running = child;
      if (this.#isOver) child.kill();
    });
    await this.#end();
  }

  /** Gives up. Harmless more than once, and after `commit`. */
  async abandon(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#running?.kill();
    await this.#running?.ended();
    await this.#scratch.end();
  }

  async #end(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#scratch.end();
  }
}
