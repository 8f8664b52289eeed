import { serializeKey, type Key } from '../../../key/index.ts';
import { streamOf, withoutFirst } from '../../../stream/index.ts';
import type { FoundPiece, PieceDeposit, PieceStore, StoredPiece } from '../pieces/piece-store.ts';
import { lengthOf, streamFrom, totalOf } from './web-answer.ts';
import {
  withoutPassword,
  type WebClient,
  type WebRequest,
  type WebResponse,
} from './web-client.ts';

/** What makes a store on the web. */
export interface HttpStoreParts {
  readonly client: WebClient;
  /** Where a piece may be, in the order in which it is asked for. */
  readonly urlsOf: (piece: Key) => Promise<readonly string[]>;
  /** What answers when the place does; `undefined` where there is no one place. */
  readonly base: string | undefined;
  /** Whether nothing is absent where the place itself is not there, as a bucket that was deleted. */
  readonly isBaseKnown: boolean;
}

/** Statuses that say that there is nothing; any other that is no success leaves it unknown. */
const gone: ReadonlySet<number> = new Set([404, 410]);

/** Pieces that servers on the web have, to be read (spec/special-remotes.md sections 6.3 and 6.4). */
export class HttpStore implements PieceStore {
  readonly #parts: HttpStoreParts;

  constructor(parts: HttpStoreParts) {
    this.#parts = parts;
  }

  async look(piece: Key): Promise<FoundPiece | undefined> {
    return await this.#first(piece, async (url) => {
      const response = await this.#answer(url, { method: 'HEAD' }, [200]);
      if (response === undefined) return undefined;
      await response.body.dump();
      return { sizeBytes: lengthOf(response) };
    });
  }

  async get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    return await this.#first(piece, (url) => this.#getFrom(url, fromByte));
  }

  async #getFrom(url: string, fromByte: number): Promise<StoredPiece | undefined> {
    const range = fromByte === 0 ? {} : { range: `bytes=${fromByte}-` };
    const headers = { 'accept-encoding': 'identity', ...range };
    const response = await this.#answer(url, { method: 'GET', headers }, [200, 206, 416]);
    if (response === undefined) return undefined;
    const { statusCode } = response;
    if (statusCode === 416) {
      await response.body.dump();
      return { sizeBytes: totalOf(response), stream: streamOf() };
    }
    const stream = streamFrom(response);
    if (statusCode === 206) {
      const [, begin] = /^bytes (\d+)-/.exec(String(response.headers['content-range'])) ?? [];
      if (Number(begin) !== fromByte) {
        await stream.close();
        throw new Error(
          `GET ${withoutPassword(url)}: the server gives another part than was asked for`,
        );
      }
      return { sizeBytes: totalOf(response), stream };
    }
    const whole = { sizeBytes: lengthOf(response) };
    // A server may give all of it where a part was asked for.
    return { ...whole, stream: fromByte === 0 ? stream : withoutFirst(stream, fromByte) };
  }

  put(piece: Key): Promise<PieceDeposit> {
    return Promise.reject(notStored(piece));
  }

  remove(piece: Key): Promise<void> {
    return Promise.reject(notStored(piece));
  }

  async probe(): Promise<void> {
    const { client, base } = this.#parts;
    if (base === undefined) return;
    const response = await client.send(base, { method: 'HEAD' });
    await response.body.dump();
    if (response.statusCode >= 500) throw refused('HEAD', base, response);
  }

  async close(): Promise<void> {
    await this.#parts.client.close();
  }

  /** What is found at the first url that has it. That one cannot be asked says nothing of the others, nor that it is not there. */
  async #first<T>(
    piece: Key,
    find: (url: string) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    let failure: { readonly error: unknown } | undefined;
    for (const url of await this.#parts.urlsOf(piece)) {
      try {
        const found = await find(url);
        if (found !== undefined) return found;
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
    await this.#assertBase();
    return undefined;
  }

  async #assertBase(): Promise<void> {
    const { client, base, isBaseKnown } = this.#parts;
    if (!isBaseKnown || base === undefined) return;
    const response = await client.send(base, { method: 'HEAD' });
    await response.body.dump();
    const { statusCode } = response;
    if (gone.has(statusCode) || statusCode >= 500) throw refused('HEAD', base, response);
  }

  async #answer(
    url: string,
    request: WebRequest,
    good: readonly number[],
  ): Promise<WebResponse | undefined> {
    const response = await this.#parts.client.send(url, request);
    if (good.includes(response.statusCode)) return response;
    await response.body.dump();
    if (gone.has(response.statusCode)) return undefined;
    throw refused(request.method, url, response);
  }
}

function refused(method: string, url: string, { statusCode }: WebResponse): Error {
  return new Error(`${method} ${withoutPassword(url)}: the server answers ${statusCode}`);
}

function notStored(piece: Key): Error {
  return new Error(`${serializeKey(piece)} can only be read there`);
}
