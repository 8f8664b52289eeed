import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { replyLengthMax, type HttpCall } from '../../../protocol/index.ts';
import { bufferOf } from '../../../repository/index.ts';
import type { AnnexUrl } from './annex-url.ts';
import type { Credentials } from './credentials.ts';
import type { HttpPools } from './http-pools.ts';
import { PeerError } from '../peer-connection.ts';
import type { PeerLimits } from '../peer-limits.ts';
import { errorCode } from '../../../units/index.ts';

/** How a request to a peer is sent, and for how long its answer is waited for. */
export interface SendOptions {
  readonly body?: Readable;
  /** Gives up, also after the head has come. */
  readonly signal?: AbortSignal;
  /** How long the server may take to answer once it has the request; 0 for as long as it likes. */
  readonly headMs: number;
  /** A request that changes nothing is sent again when a kept connection proves to be closed. */
  readonly isRepeatable?: boolean;
  /** Has a connection that does not count among the others. Default: false. */
  readonly isLock?: boolean;
}

/** An answer whose body has not been read: it is to be read, or given up. */
export interface HttpResponse {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** The body as text, up to a limit; more than that is an error. */
  text(): Promise<string>;
  /** Gives up what was not read. */
  close(): void;
}

/**
 * Sends requests to one server over kept connections (HTTP/1.1), with credentials once it has asked
 * for them. Redirects are not followed: whoever can redirect must not be sent credentials or
 * contents.
 */
export class HttpTransport {
  readonly #url: AnnexUrl;
  readonly #credentials: Credentials;
  readonly #limits: PeerLimits;
  #pools: Promise<HttpPools> | undefined;
  #isClosed = false;

  constructor(url: AnnexUrl, credentials: Credentials, limits: PeerLimits) {
    this.#url = url;
    this.#credentials = credentials;
    this.#limits = limits;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#pools)?.destroy();
  }

  /**
   * @throws PeerError when no answer comes, or one that asks for credentials that are not to be
   * had.
   */
  async send(call: HttpCall, options: SendOptions): Promise<HttpResponse> {
    const { authorization } = this.#credentials;
    const response = await this.#sendAs(authorization, call, options);
    if (response.status !== 401) return response;
    response.close();
    const found = await this.#credentials.refused(authorization);
    if (found === undefined) throw this.#unauthorized('takes no request without credentials');
    // A body cannot be sent twice; the next request will have the credentials.
    if (options.body !== undefined) throw this.#unauthorized('asked for credentials too late');
    const second = await this.#sendAs(found, call, options);
    if (second.status !== 401) return second;
    second.close();
    await this.#credentials.refused(found);
    throw this.#unauthorized('does not take the credentials');
  }

  #unauthorized(what: string): PeerError {
    const { protocol, host } = this.#url.credential;
    const why = `the server ${what} that git credential has for ${protocol}://${host}`;
    return new PeerError(why, { status: 401 });
  }

  async #sendAs(
    authorization: string | undefined,
    call: HttpCall,
    options: SendOptions,
  ): Promise<HttpResponse> {
    const response = await this.#sendOnce(authorization, call, options);
    if (response.status === 200 && authorization !== undefined) {
      await this.#credentials.accepted(authorization);
    }
    return response;
  }

  async #sendOnce(
    authorization: string | undefined,
    call: HttpCall,
    options: SendOptions,
  ): Promise<HttpResponse> {
    if (this.#isClosed) throw new PeerError('the connection to the peer was closed');
    this.#pools ??= openPools(this.#url, this.#limits);
    const pools = await this.#pools;
    const pool = options.isLock === true ? pools.forLock() : pools.forRequest();
    const headers = call.headers.filter(([name]) => !ofConnection.has(name.toLowerCase()));
    const request: Dispatcher.RequestOptions = {
      method: call.method,
      path: `${this.#url.prefix}${call.target}`,
      headers: Object.fromEntries(
        authorization === undefined ? headers : [...headers, ['Authorization', authorization]],
      ),
      body: options.body ?? null,
      headersTimeout: options.headMs,
      ...(options.isLock === true ? { bodyTimeout: 0 } : {}),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    try {
      return responseOf(await pool.request(request));
    } catch (error) {
      if (options.isRepeatable !== true || !isClosedConnection(error)) throw lost(error);
    }
    return responseOf(
      await pool.request(request).catch((error: unknown) => Promise.reject(lost(error))),
    );
  }
}

/** Its library is loaded with the first request: many a process, as for an ssh client, makes none. */
async function openPools({ origin }: AnnexUrl, limits: PeerLimits): Promise<HttpPools> {
  const { HttpPools } = await import('./http-pools.ts');
  return new HttpPools(origin, limits);
}

/** What is said about a connection is the pool's business. */
const ofConnection: ReadonlySet<string> = new Set(['connection', 'keep-alive']);

/** A server closes an idle connection at the very moment at which a request is sent on it. */
function isClosedConnection(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

/** The trouble of a connection, told as such. */
export function lost(error: unknown): PeerError {
  if (error instanceof PeerError) return error;
  const why = error instanceof Error ? error.message || error.name : String(error);
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new PeerError(`${why}${code}`, { cause: error });
}

function responseOf(data: Dispatcher.ResponseData): HttpResponse {
  const { body, headers } = data;
  body.on('error', () => undefined); // whoever reads it hears of it there
  return {
    status: data.statusCode,
    header: (name) => {
      const value = headers[name.toLowerCase()];
      return typeof value === 'string' ? value : value?.[0];
    },
    body: piecesOf(body),
    text: async () => {
      const pieces: Buffer[] = [];
      let lengthBytes = 0;
      for await (const piece of piecesOf(body)) {
        lengthBytes += piece.length;
        if (lengthBytes > replyLengthMax) throw new PeerError('its answer does not end');
        pieces.push(piece);
      }
      return Buffer.concat(pieces, lengthBytes).toString('utf8');
    },
    close: () => void body.destroy(),
  };
}

async function* piecesOf(body: Readable): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const piece of body) yield bufferOf(piece);
  } catch (error) {
    throw lost(error);
  }
}
