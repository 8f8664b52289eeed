import type { Deposit } from '../storage-node.ts';
import { PeerError, type PeerUpload } from './peer-connection.ts';

/**
 * A content being sent to a peer. The peer stores it as soon as it has its last byte, so that this
 * one is held back until `commit`.
 */
export class PeerDeposit implements Deposit {
  readonly offsetBytes = 0;
  readonly isResumable = false;
  readonly #upload: PeerUpload;
  readonly #sizeBytes: number;
  readonly #ended: () => void;
  readonly #forget: () => Promise<void>;
  readonly #unavailable: (error: unknown) => unknown;
  #writtenBytes = 0;
  #held: Uint8Array | undefined;
  #isOver = false;

  constructor(
    upload: PeerUpload,
    sizeBytes: number,
    hooks: {
      readonly ended: () => void;
      /** Has the peer delete what it kept of the upload, after its end. */
      readonly forget: () => Promise<void>;
      readonly unavailable: (error: unknown) => unknown;
    },
  ) {
    this.#upload = upload;
    this.#sizeBytes = sizeBytes;
    this.#ended = hooks.ended;
    this.#forget = hooks.forget;
    this.#unavailable = hooks.unavailable;
  }

  async *readBack(): AsyncGenerator<Uint8Array, void, undefined> {}

  start(atByte: number): Promise<void> {
    if (atByte === 0) return Promise.resolve();
    return Promise.reject(new RangeError(`nothing is kept before byte ${atByte}`));
  }

  async write(piece: Uint8Array): Promise<void> {
    const atByte = this.#writtenBytes;
    this.#writtenBytes += piece.length;
    if (this.#writtenBytes > this.#sizeBytes) {
      throw new RangeError(`more than the ${this.#sizeBytes} bytes that were announced`);
    }
    // The peer has the first bytes already; whether they are right it finds out at the end.
    let rest = piece.subarray(Math.max(0, this.#upload.offsetBytes - atByte));
    if (this.#writtenBytes === this.#sizeBytes && rest.length > 0) {
      this.#held = rest.slice(-1);
      rest = rest.subarray(0, -1);
    }
    if (rest.length > 0) await this.#asked(() => this.#upload.write(rest));
  }

  async commit(): Promise<void> {
    if (this.#writtenBytes !== this.#sizeBytes) {
      throw new RangeError(`${this.#writtenBytes} of ${this.#sizeBytes} bytes were written`);
    }
    try {
      await this.#asked(async () => {
        if (this.#held !== undefined) await this.#upload.write(this.#held);
        if (!(await this.#upload.finish())) throw new PeerError('it did not store the content');
      });
    } catch (error) {
      await this.#upload.abandon().catch(() => undefined);
      throw error;
    } finally {
      this.#end();
    }
  }

  /** An upload that is given up leaves its bytes at the peer, in whatever way it ends. */
  async abandon(bytes: 'keep' | 'delete'): Promise<void> {
    if (this.#isOver) return;
    try {
      await this.#asked(async () => {
        await this.#upload.abandon();
        // Whoever uploads the right bytes straight to the peer would go on after the wrong ones.
        if (bytes === 'delete' && this.#writtenBytes > 0) await this.#forget();
      });
    } finally {
      this.#end();
    }
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended();
  }

  async #asked<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }
}
