import assert from 'node:assert/strict';
import { once } from 'node:events';
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
  /** Puts what has grown into its place. */
  readonly moveIntoPlace: () => Promise<void>;
}

/** A piece on its way: sent as it comes, under a name of its own, which is its place's in the end. */
export class DavDeposit implements PieceDeposit {
  readonly #client: DavClient;
  readonly #parts: DavDepositParts;
  readonly #body = new PassThrough({ highWaterMark: waitingBytesMax });
  /** Resolves when the server has all of it. */
  readonly #sent: Promise<void>;
  #written = 0;
  #isEnded = false;
  #isOver = false;

  constructor(client: DavClient, parts: DavDepositParts) {
    this.#client = client;
    this.#parts = parts;
    this.#sent = this.#send();
    // Whoever writes next, or commits, hears of it.
    this.#sent.catch(() => undefined);
    this.#body.on('error', () => undefined);
  }

  async #send(): Promise<void> {
    const { temporary: name, sizeBytes } = this.#parts;
    const length = sizeBytes === undefined ? {} : { 'content-length': `${sizeBytes}` };
    const headers = { 'content-type': 'application/octet-stream', ...length };
    const request = { method: 'PUT', name, headers, body: this.#body } as const;
    try {
      await this.#client.act(request, [200, 201, 204]);
    } catch (error) {
      this.#parts.onFailure();
      throw error;
    }
    // What it has not read it has not stored.
    if (!this.#isEnded && this.#written !== sizeBytes)
      throw new Error(`PUT ${name}: the server answers before it has all of it`);
  }

  async write(bytes: Uint8Array): Promise<void> {
    assert(!this.#isOver && !this.#isEnded, 'the deposit is over');
    if (this.#body.destroyed) await this.#sent;
    this.#written += bytes.length;
    // The bytes are the writer's own again when this settles, and on their way for longer.
    if (this.#body.write(Buffer.from(bytes))) return;
    const given = new AbortController();
    try {
      await Promise.race([once(this.#body, 'drain', { signal: given.signal }), this.#sent]);
    } finally {
      given.abort();
    }
  }

  async commit(): Promise<void> {
    assert(!this.#isOver, 'the deposit is over');
    this.#isEnded = true;
    this.#body.end();
    await this.#sent;
    await this.#parts.moveIntoPlace();
    this.#isOver = true;
  }

  async abandon(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#body.destroy(new Error('the upload was given up'));
    await this.#sent.catch(() => undefined);
    const { temporary: name } = this.#parts;
    await this.#client.act({ method: 'DELETE', name }, [200, 204, 404]);
  }
}
