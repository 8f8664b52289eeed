import assert from 'node:assert/strict';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import type { RsyncChild } from './rsync-child.ts';
import type { Rsync } from './rsync.ts';
import type { ScratchFile } from './scratch.ts';

/** A piece on its way to an rsync remote: it grows in a temporary file, which rsync stores at `commit`. */
export class RsyncDeposit implements PieceDeposit {
  readonly #rsync: Rsync;
  readonly #scratch: ScratchFile;
  readonly #mode: number;
  #position = 0;
  #running: RsyncChild | undefined;
  #isOver = false;

  /** @param mode of the file, as far as the other end takes it on. */
  constructor(rsync: Rsync, scratch: ScratchFile, mode: number) {
    this.#rsync = rsync;
    this.#scratch = scratch;
    this.#mode = mode;
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#scratch.room.take(bytes.length);
    await this.#scratch.file.writeAll(bytes, this.#position);
    this.#position += bytes.length;
  }

  async commit(): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    await this.#scratch.file.setMode(this.#mode);
    await this.#rsync.store(this.#scratch.path, (child) => {
      this.#running = child;
      if (this.#isOver) child.kill();
    });
    await this.#end();
  }

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
