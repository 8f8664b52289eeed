import type { Verifier } from '../../key/index.ts';
import type { Deposit } from '../../nodes/index.ts';

/**
 * How far behind the writing the hashing may be for the writing to wait for it, bytes: from then on
 * pieces are hashed as they come, and nothing is read twice.
 */
const waitBytesMax = 1024 * 1024;

/**
 * Hashes a resumed upload in its order, while its rest arrives:
 *
 * 1. What was kept is read and hashed; pieces that arrive meanwhile are written and not hashed.
 * 2. Those are read back behind the writer, so that memory holds one piece however far it is ahead.
 * 3. Once the writer has been caught up with, pieces are hashed from memory before they are
 *    written.
 *
 * Where what was written cannot be read back, whoever writes waits for the first step with `caughtUp`.
 */
export class ResumedHash {
  readonly #deposit: Deposit;
  readonly #verifier: Verifier;
  readonly #inTime: <T>(answer: Promise<T>) => Promise<T>;
  #hashedBytes = 0;
  #writtenBytes: number;
  /** Until what is written has been hashed; rejects never. */
  #following: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isStopped = false;

  /**
   * @param deposit has been started at that byte.
   * @param options.inTime rejects when a read takes too long.
   */
  constructor(
    deposit: Deposit,
    verifier: Verifier,
    options: {
      readonly fromByte: number;
      readonly inTime: <T>(answer: Promise<T>) => Promise<T>;
    },
  ) {
    this.#deposit = deposit;
    this.#verifier = verifier;
    this.#inTime = options.inTime;
    this.#writtenBytes = options.fromByte;
    this.#follow();
  }

  /** Resolves when what was kept has been hashed. Rejects when it could not be read back. */
  async caughtUp(): Promise<void> {
    await this.#following;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Writes the next piece. Rejects also when what was written before could not be read back. */
  async write(piece: Uint8Array): Promise<void> {
    if (this.#writtenBytes - this.#hashedBytes <= waitBytesMax) await this.#following;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#following === undefined) {
      this.#verifier.update(piece);
      this.#hashedBytes += piece.length;
    }
    await this.#deposit.write(piece);
    this.#writtenBytes += piece.length;
    this.#follow();
  }

  /** Resolves when all that was written has been hashed. */
  async finish(): Promise<void> {
    while (this.#hashedBytes < this.#writtenBytes && this.#failure === undefined) {
      this.#follow();
      await this.#following;
      if (this.#isStopped) return;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Ends reading, for an upload that is given up. */
  stop(): void {
    this.#isStopped = true;
  }

  #follow(): void {
    if (this.#following !== undefined || this.#hashedBytes === this.#writtenBytes) return;
    this.#following = this.#hashWritten()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#following = undefined;
      });
  }

  async #hashWritten(): Promise<void> {
    while (this.#hashedBytes < this.#writtenBytes && !this.#isStopped) {
      const range = { fromByte: this.#hashedBytes, untilByte: this.#writtenBytes };
      const pieces = this.#deposit.readBack(range)[Symbol.asyncIterator]();
      for (;;) {
        const next = await this.#inTime(pieces.next());
        if (next.done === true || this.#isStopped) break;
        this.#verifier.update(next.value);
        this.#hashedBytes += next.value.length;
      }
      await pieces.return?.();
      if (this.#hashedBytes < range.untilByte && !this.#isStopped) {
        throw new Error('what was kept of the upload became shorter');
      }
    }
  }
}
