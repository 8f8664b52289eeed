import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import type { DavClient } from './dav-client.ts';

/** Bytes that wait for the server before who writes them waits, too. */
const waitingBytesMax = 1_048_576;

/** What a deposit works on. */
export interface DavDepositParts {
  /** Where it grows. */
  readonly temporary: string;
  /** As it is stored; `undefined` when that shows at the end. */
  readonly sizeBytes: number | undefined;
  /** Told that it cannot grow there. */
  readonly onFailure: () => void;
  /** Puts what has grown into its place, if it has so many bytes. */
  readonly moveIntoPlace: (writtenBytes: number) => Promise<void>;
}

/** A piece on its way: sent as it comes, under a name of its own, which is its place's in the end. */
export class DavDeposit implements PieceDeposit {
  readonly #client: DavClient;
  readonly #parts: DavDepositParts;
  readonly #body = new PassThrough({ highWaterMark: waitingBytesMax });
  /** Resolves when the server says that it has all of it. Begun with the first byte: a server closes silent connections. */
  #sent: Promise<void> | undefined;
  #isAnswered = false;
  /** Who waits until the server has taken some. */
  #waiter: (() => void) | undefined;
  #written = 0;
  #isOver = false;

  constructor(client: DavClient, parts: DavDepositParts) {
    this.#client = client;
    this.#parts = parts;
    // The request fails, too, and says why.
    this.#body.on('error', () => undefined);
    this.#body.on('drain', () => this.#wake());
  }

  #wake(): void {
    this.#waiter?.();
    this.#waiter = undefined;
  }

  #begin(): Promise<void> {
    if (this.#sent !== undefined) return this.#sent;
    const sent = this.#send();
    this.#sent = sent;
    const answered = (): void => {
      this.#isAnswered = true;
      this.#wake();
    };
    // Whoever writes next, or commits, hears of it.
    sent.then(answered, answered);
    return sent;
  }

  async #send(): Promise<void> {
    const { temporary: name, sizeBytes, onFailure } = this.#parts;
    const length = sizeBytes === undefined ? {} : { 'content-length': `${sizeBytes}` };
    const headers = { 'content-type': 'application/octet-stream', ...length };
    const request = { method: 'PUT', name, headers, body: this.#body } as const;
    try {
      await this.#client.act(request, [200, 201, 204]);
    } catch (error) {
      onFailure();
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    const sent = this.#begin();
    if (this.#isAnswered) await this.#tooEarly(sent);
    this.#written += bytes.length;
    // The bytes are the writer's own again when this settles, and on their way for longer.
    const hasRoom = this.#body.write(Buffer.from(bytes));
    // Nothing comes after it, whoever waits before `commit` for what.
    if (this.#written === this.#parts.sizeBytes) this.#body.end();
    else if (!hasRoom) {
      await new Promise<void>((resolve) => {
        this.#waiter = resolve;
      });
      if (this.#isAnswered) await this.#tooEarly(sent);
    }
  }

  /** A server that answers before all of it was written has failed, or has not read it. */
  async #tooEarly(sent: Promise<void>): Promise<never> {
    await sent;
    throw new Error(`PUT ${this.#parts.temporary}: the server answers before it has all of it`);
  }

  async commit(): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    const sent = this.#begin();
    if (!this.#body.writableEnded) this.#body.end();
    await sent;
    await this.#parts.moveIntoPlace(this.#written);
    this.#isOver = true;
  }

  async abandon(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#sent === undefined) return;
    this.#body.destroy(new Error('the upload was given up'));
    await this.#sent.catch(() => undefined);
    const { temporary: name } = this.#parts;
    await this.#client.act({ method: 'DELETE', name }, [200, 204, 404]);
  }
}
