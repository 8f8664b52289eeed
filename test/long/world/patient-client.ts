import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fieldOf, type Place } from './annex-http.ts';

/** An answer, with how much of it came before its connection broke. */
export interface Answer {
  /** 0 when none began to come. */
  readonly status: number;
  readonly body: Buffer;
  readonly isWhole: boolean;
}

/** How long it waits before it asks again, milliseconds. */
const pauseMs = 50;

/** So much of a body is sent at once, bytes. */
const sentAtOnce = 65_536;

/** How long is waited for a transfer of that size, milliseconds. */
const moveMsMax = 5000;

/**
 * A client that goes on, as git-annex does, where it was cut off: an upload at the byte that the server asks for, a
 * download at the byte that it has.
 */
export class PatientClient {
  readonly #place: () => Place;
  #running: ClientRequest | undefined;
  #watch: { readonly bytes: number; readonly resolve: () => void } | undefined;
  #isEnding = false;
  /** Uploads that went on behind their first byte, and downloads that did. */
  resumed = 0;

  /** @param place who is asked, now. */
  constructor(place: () => Place) {
    this.#place = place;
  }

  /** Breaks its connection at once, if it has one. */
  cut(): boolean {
    const running = this.#running;
    running?.destroy();
    return running !== undefined;
  }

  /** Waits until one of its transfers has moved so many bytes, or for some seconds. */
  async moves(bytes: number): Promise<void> {
    const moved = new Promise<void>((resolve) => {
      this.#watch = { bytes, resolve };
    });
    await Promise.race([moved, delay(moveMsMax)]);
    this.#watch = undefined;
  }

  /** Lets it give up where it would ask again, until it is let go on. */
  end(): void {
    this.#isEnding = true;
  }

  goOn(): void {
    this.#isEnding = false;
  }

  /** Asks until there is an answer that is not that the connection broke; `undefined` when it gave up. */
  async ask(method: 'GET' | 'POST', path: string): Promise<Answer | undefined> {
    while (!this.#isEnding) {
      const answer = await this.#once(method, path);
      if (answer.isWhole) return answer;
      await delay(pauseMs);
    }
    return undefined;
  }

  /** The last answer to an upload, which was tried until there was one; `undefined` when it gave up. */
  async put(key: string, content: Buffer): Promise<Answer | undefined> {
    while (!this.#isEnding) {
      const asked = await this.ask('POST', `putoffset?${named(key)}`);
      if (asked === undefined) return undefined;
      if (fieldOf(asked.body, 'alreadyhave') === true) return asked;
      const said = fieldOf(asked.body, 'offset');
      const offset = typeof said === 'number' ? said : 0;
      if (offset > 0) this.resumed += 1;
      const path = `put?${named(key)}&offset=${offset}`;
      const answer = await this.#once('POST', path, content.subarray(offset));
      if (answer.isWhole) return answer;
      await delay(pauseMs);
    }
    return undefined;
  }

  /** A whole content, put together from as many answers as it took; `undefined` when it gave up. */
  async get(key: string, sizeBytes: number): Promise<Answer | undefined> {
    let body = Buffer.alloc(0);
    while (!this.#isEnding) {
      if (body.length > 0) this.resumed += 1;
      const path = `key/${encodeURIComponent(key)}?clientuuid=me&offset=${body.length}`;
      const answer = await this.#once('GET', path);
      if (answer.status !== 200 && answer.isWhole) return answer;
      if (answer.status === 200) body = Buffer.concat([body, answer.body]);
      if (answer.isWhole || body.length >= sizeBytes) return { status: 200, body, isWhole: true };
      await delay(pauseMs);
    }
    return undefined;
  }

  #once(method: 'GET' | 'POST', path: string, body?: Buffer): Promise<Answer> {
    const { port, uuid } = this.#place();
    return new Promise((resolve) => {
      const length = String(body?.length ?? 0);
      const sent = request({
        host: '127.0.0.1',
        port,
        method,
        path: `/git-annex/${uuid}/v4/${path}`,
        agent: false,
        headers: {
          'Content-Length': length,
          ...(body === undefined ? {} : { 'X-git-annex-data-length': length }),
        },
      });
      this.#running = sent;
      const pieces: Buffer[] = [];
      const ended = (status: number, isWhole: boolean): void => {
        if (this.#running === sent) this.#running = undefined;
        resolve({ status, body: Buffer.concat(pieces), isWhole });
      };
      sent.on('error', () => ended(0, false));
      sent.on('response', (response: IncomingMessage) => {
        const { statusCode = 0 } = response;
        let moved = 0;
        response.on('data', (piece: Buffer) => {
          pieces.push(piece);
          this.#moved((moved += piece.length));
        });
        response.on('error', () => ended(statusCode, false));
        response.on('close', () => ended(statusCode, response.complete));
      });
      if (body === undefined) sent.end();
      // How it fails is heard from the request itself.
      else pipeline(Readable.from(this.#pieces(body)), sent).catch(() => undefined);
    });
  }

  *#pieces(body: Buffer): Generator<Buffer> {
    for (let at = 0; at < body.length; at += sentAtOnce) {
      yield body.subarray(at, at + sentAtOnce);
      this.#moved(at);
    }
  }

  #moved(bytes: number): void {
    if (this.#watch !== undefined && bytes >= this.#watch.bytes) this.#watch.resolve();
  }
}

function named(key: string): string {
  return `key=${encodeURIComponent(key)}&clientuuid=me`;
}
