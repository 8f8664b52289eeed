import { PassThrough, type Readable } from 'node:stream';
import { inTime } from '../in-time.ts';
import { PeerError, type PeerUpload } from '../peer-connection.ts';
import type { PeerBounds } from '../peer-limits.ts';

/** How a put is begun with its body; whether the peer has stored it. */
type Send = (body: Readable) => Promise<boolean>;

/** A put over HTTP. The request begins with the first byte that there is to send. */
export class HttpUpload implements PeerUpload {
  readonly offsetBytes: number;
  readonly #lengthBytes: number;
  readonly #limits: PeerBounds;
  readonly #send: Send;
  #sentBytes = 0;
  #sending: { readonly body: PassThrough; readonly isStored: Promise<boolean> } | undefined;

  constructor(
    part: { readonly offsetBytes: number; readonly lengthBytes: number },
    limits: PeerBounds,
    send: Send,
  ) {
    this.offsetBytes = part.offsetBytes;
    this.#lengthBytes = part.lengthBytes;
    this.#limits = limits;
    this.#send = send;
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#sentBytes += piece.length;
    if (this.#sentBytes > this.#lengthBytes) {
      throw new RangeError(`more than the ${this.#lengthBytes} bytes that were announced`);
    }
    const { body, isStored } = this.#begin();
    // An answer before the end is the end: what the peer says then counts.
    const answered = isStored.then(() => undefined);
    const taken = new Promise<void>((resolve, reject) => {
      // A copy, since it stays in buffers after this write has settled.
      body.write(Buffer.from(piece), (error) => (error ? reject(error) : resolve()));
    }).catch(() => answered);
    try {
      await inTime(
        Promise.race([taken, answered]),
        { clock: this.#limits.clock, limitMs: this.#limits.idleMs },
        'the peer took nothing',
      );
    } catch (error) {
      body.destroy();
      throw error;
    }
  }

  async finish(): Promise<boolean> {
    const { body, isStored } = this.#begin();
    body.end();
    try {
      return await inTime(
        isStored,
        { clock: this.#limits.clock, limitMs: this.#limits.storeMs },
        'the peer did not say whether it stored it',
      );
    } finally {
      body.destroy();
    }
  }

  async abandon(): Promise<void> {
    const sending = this.#sending;
    if (sending === undefined) return;
    // A body that ends early is one that the peer is done with when it answers. One that has all
    // its bytes must not end.
    if (this.#sentBytes < this.#lengthBytes) {
      sending.body.end();
      await inTime(
        sending.isStored,
        { clock: this.#limits.clock, limitMs: this.#limits.abandonMs },
        'no answer',
      ).catch(() => undefined);
    }
    sending.body.destroy();
  }

  #begin(): { readonly body: PassThrough; readonly isStored: Promise<boolean> } {
    if (this.#sending !== undefined) return this.#sending;
    const body = new PassThrough();
    body.on('error', () => undefined); // the answer, or its absence, says what happened
    const isStored = this.#send(body).catch((error: unknown) => {
      throw error instanceof PeerError ? error : new PeerError(String(error), { cause: error });
    });
    isStored.catch(() => undefined);
    this.#sending = { body, isStored };
    return this.#sending;
  }
}
