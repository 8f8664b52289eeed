import { serializeKey, type Key } from '../../../key/index.ts';
import { asError } from '../../../units/index.ts';
import { pieceSizeBytes } from '../pieces/piece-size.ts';
import type { FoundPiece, PieceDeposit, PieceStore, StoredPiece } from '../pieces/piece-store.ts';
import { lengthOf, partFrom, partHeaders, totalOf } from './web-answer.ts';
import { shownUrl, type WebClient, type WebRequest, type WebResponse } from './web-client.ts';

/** Where a piece may be. */
export interface PieceUrls {
  /** In the order in which they are asked for. */
  readonly urls: readonly string[];
  /** Whether it may be at other places, too, which only other programs can ask. */
  readonly isElsewhere: boolean;
}

/** What makes a store on the web. */
export interface HttpStoreParts {
  readonly client: WebClient;
  readonly urlsOf: (piece: Key) => Promise<PieceUrls>;
  /** The one place that it is at, and a name in it that nothing has; `undefined` where it is all over the web. */
  readonly base: { readonly url: string; readonly unusedName: string } | undefined;
  /** Whether nothing is absent where the place itself is not there, as a bucket that was deleted. */
  readonly isBaseKnown: boolean;
}

/** Statuses that say that there is nothing; any other that is no success leaves it unknown. */
const gone: ReadonlySet<number> = new Set([404, 410]);

/** Urls of one piece that are asked for. */
const urlsMax = 16;

/**
 * Pieces that servers on the web have, to be read (spec/special-remotes.md sections 6.3 and 6.4). That there is
 * nothing is said by servers alone that have said so of all urls; and that there is something by none that has
 * a page for whatever it is asked.
 */
export class HttpStore implements PieceStore {
  readonly readOnly = 'is there to be read';
  readonly #parts: HttpStoreParts;
  /** The server was found to tell what it has from what it has not. */
  #isHonest = false;

  constructor(parts: HttpStoreParts) {
    this.#parts = parts;
  }

  async look(piece: Key): Promise<FoundPiece | undefined> {
    return await this.#first(piece, async (url) => {
      const response = await this.#answer(url, { method: 'HEAD' }, [200]);
      if (response === undefined) return undefined;
      response.body.destroy();
      return { sizeBytes: lengthOf(response) ?? (await this.#sizeOfPart(url, piece)) };
    });
  }

  /** A server that does not tell how long a file is may tell it with a part of the file. */
  async #sizeOfPart(url: string, piece: Key): Promise<number | undefined> {
    if (isSealed(piece)) return undefined;
    const headers = { 'accept-encoding': 'identity', range: 'bytes=0-0' };
    const response = await this.#answer(url, { method: 'GET', headers }, [200, 206, 416]);
    response?.body.destroy();
    const isWhole = response?.statusCode === 200;
    const sizeBytes = response && (isWhole ? lengthOf(response) : totalOf(response));
    if (sizeBytes === undefined) throw unmeasured('HEAD', url);
    return sizeBytes;
  }

  async get(piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    return await this.#first(piece, (url) => this.#getFrom(url, piece, fromByte));
  }

  async #getFrom(url: string, piece: Key, fromByte: number): Promise<StoredPiece | undefined> {
    const good = fromByte === 0 ? [200] : [200, 206, 416];
    const headers = partHeaders(fromByte);
    const response = await this.#answer(url, { method: 'GET', headers }, good);
    if (response === undefined) return undefined;
    const part = partOf(url, response, fromByte);
    const isMeasured = part.sizeBytes !== undefined || piece.sizeBytes !== undefined;
    if (response.statusCode !== 416 && !isMeasured && !isSealed(piece)) {
      await part.stream.close();
      throw unmeasured('GET', url);
    }
    return part;
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
    const response = await client.send(base.url, { method: 'HEAD' });
    response.body.destroy();
    if (response.statusCode >= 500) throw refused('HEAD', base.url, response);
  }

  async close(): Promise<void> {
    await this.#parts.client.close();
  }

  /**
   * What is found at the first url that has it, with the size that the key tells; else what is there with
   * another. That one cannot be asked says nothing of the others, nor that it is not there.
   */
  async #first<T extends FoundPiece & Partial<StoredPiece>>(
    piece: Key,
    find: (url: string) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { urls, isElsewhere } = await this.#parts.urlsOf(piece);
    const expectedBytes = pieceSizeBytes(piece);
    let failure: { readonly error: unknown } | undefined;
    let misfit: string | undefined;
    for (const url of urls.slice(0, urlsMax)) {
      try {
        const found = await find(url);
        if (found === undefined) continue;
        const { sizeBytes } = found;
        const isFit =
          sizeBytes === undefined || expectedBytes === undefined || sizeBytes === expectedBytes;
        if (isFit) return await this.#honest(found);
        await found.stream?.close();
        misfit ??= url;
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure !== undefined) throw failure.error;
    if (isElsewhere || urls.length > urlsMax) {
      throw new Error(`it has urls of ${serializeKey(piece)} that are not asked here`);
    }
    if (misfit !== undefined) return await find(misfit);
    await this.#assertBase();
    return undefined;
  }

  async #honest<T extends Partial<StoredPiece>>(found: T): Promise<T> {
    try {
      await this.#assertHonest();
      return found;
    } catch (error) {
      await found.stream?.close();
      throw error;
    }
  }

  /** A server may answer whatever it is asked with a page that says that there is nothing. */
  async #assertHonest(): Promise<void> {
    const { client, base } = this.#parts;
    if (this.#isHonest || base === undefined) return;
    const url = `${base.url}${base.unusedName}`;
    const response = await client.send(url, { method: 'HEAD' });
    response.body.destroy();
    if (response.statusCode === 200) {
      throw new Error(`HEAD ${shownUrl(url)}: the server has what nobody has put there`);
    }
    // One that cannot answer now may have a page for it later.
    if (response.statusCode >= 500) throw refused('HEAD', url, response);
    this.#isHonest = true;
  }

  async #assertBase(): Promise<void> {
    const { client, base, isBaseKnown } = this.#parts;
    if (!isBaseKnown || base === undefined) return;
    const response = await client.send(base.url, { method: 'HEAD' });
    response.body.destroy();
    const { statusCode } = response;
    if (gone.has(statusCode) || statusCode >= 500) throw refused('HEAD', base.url, response);
  }

  async #answer(
    url: string,
    request: WebRequest,
    good: readonly number[],
  ): Promise<WebResponse | undefined> {
    const response = await this.#parts.client.send(url, request);
    if (good.includes(response.statusCode)) return response;
    response.body.destroy();
    if (gone.has(response.statusCode)) return undefined;
    throw refused(request.method, url, response);
  }
}

function refused(method: string, url: string, { statusCode }: WebResponse): Error {
  return new Error(`${method} ${shownUrl(url)}: the server answers ${statusCode}`);
}

function partOf(url: string, response: WebResponse, fromByte: number): StoredPiece {
  try {
    return partFrom(response, fromByte);
  } catch (error) {
    throw new Error(`GET ${shownUrl(url)}: ${asError(error).message}`, { cause: error });
  }
}

function unmeasured(method: string, url: string): Error {
  return new Error(`${method} ${shownUrl(url)}: the server does not tell how long it is`);
}

function notStored(piece: Key): Error {
  return new Error(`${serializeKey(piece)} can only be read there`);
}

/** Whether a piece is encrypted, so that its size is not that of its content. */
function isSealed({ backend }: Key): boolean {
  return backend.startsWith('GPGHMAC');
}
