import type { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import type { Clock } from '../../../clock/index.ts';
import { asError } from '../../../units/index.ts';
import { isLostConnection } from '../http/lost-connection.ts';
import { textOf } from '../http/web-answer.ts';
import { XmlAnswer } from '../http/xml-answer.ts';
import type { RemoteLogin } from '../settings/credentials.ts';

/** Limits of requests to a server, milliseconds. */
const connectMsMax = 10_000;
const silentMsMax = 60_000;
/**
 * How long a request may take that is answered at once, its turn at a connection included: what who asks does not
 * wait for any longer must not be done any more.
 */
const answerMsMax = 25_000;
/** And one that a server may have to copy something for, or to store the end of something. */
const copyMsMax = 600_000;

/** Requests at once to one server, besides those that contents come and go with. */
const connectionsMax = 16;

/** Bytes of an answer in XML. */
const answerBytesMax = 16_000_000;

/** How often a request is sent again whose connection was lost. */
const triesMax = 3;

const redirections: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What a request does; what it is about is named below the remote's url, percent-encoded, without slash in front. */
export interface DavRequest {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'MKCOL' | 'MOVE' | 'PROPFIND';
  readonly name: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** One that is read as it comes cannot be sent again. */
  readonly body?: string | Readable;
}

/** An answer whose body is read, or given up, by who asked. */
export type DavResponse = Dispatcher.ResponseData;

/** Methods whose connections are taken for as long as a client takes to send or read a content. */
const long: ReadonlySet<DavRequest['method']> = new Set(['GET', 'PUT']);

/**
 * Speaks to one WebDAV server (RFC 4918) about what is below one url. Contents that come and go have connections of
 * their own, so that slow ones hold up nothing else.
 */
export class DavClient {
  /** Without slash at its end. */
  readonly #base: URL;
  readonly #authorization: string;
  readonly #clock: Pick<Clock, 'after'>;
  #pools: Promise<Pools> | undefined;

  /** @throws Error when the url cannot be used. */
  constructor(
    url: string,
    { login, password }: Pick<RemoteLogin, 'login' | 'password'>,
    clock: Pick<Clock, 'after'>,
  ) {
    const parsed = URL.parse(url.replace(/\/+$/, ''));
    if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
      throw new Error('its url is no url of http or https');
    }
    const { search, hash, username, password: secret } = parsed;
    if (search !== '' || hash !== '') throw new Error('its url has a query or a fragment');
    if (username !== '' || secret !== '') throw new Error('its url has a login in it');
    this.#clock = clock;
    this.#base = parsed;
    this.#authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
  }

  /** Where something is, as a server is told where to move it. */
  urlOf(name: string): string {
    return `${this.#base.origin}${this.#pathOf(name)}`;
  }

  #pathOf(name: string): string {
    const { pathname } = this.#base;
    return `${pathname.replace(/\/$/, '')}/${name}`;
  }

  /**
   * The answer to a request, whose body is still to be read, when it is one of some statuses.
   *
   * @throws Error for any other, and when none comes.
   */
  async send(request: DavRequest, good: readonly number[]): Promise<DavResponse> {
    const what = `${request.method} ${this.#pathOf(request.name)}`;
    const given = new AbortController();
    const isLong = long.has(request.method);
    const limitMs = request.method === 'MOVE' ? copyMsMax : answerMsMax;
    // What is long has limits of its own: none may say nothing for long.
    const limit = isLong
      ? undefined
      : this.#clock.after(limitMs, () => {
          given.abort(new Error(`no answer came in ${limitMs / 1000} s`));
        });
    try {
      return await this.#answer(request, { good, what, signal: given.signal });
    } finally {
      limit?.close();
    }
  }

  async #answer(
    request: DavRequest,
    by: { readonly good: readonly number[]; readonly what: string; readonly signal: AbortSignal },
  ): Promise<DavResponse> {
    const { good, what, signal } = by;
    for (let tries = 1; ; tries += 1) {
      let response: DavResponse;
      try {
        response = await this.#once(request, signal);
      } catch (error) {
        const mayTryAgain = typeof request.body !== 'object' && tries < triesMax;
        if (mayTryAgain && isLostConnection(error)) continue;
        const { message, name } = asError(error);
        throw new Error(`${what}: ${message || name}`, { cause: error });
      }
      if (good.includes(response.statusCode)) return response;
      response.body.destroy();
      throw new Error(`${what}: the server answers ${whatIsWrong(response)}`);
    }
  }

  /** Sends a request of which the status says all. */
  async act(request: DavRequest, good: readonly number[]): Promise<number> {
    const { statusCode, body } = await this.send(request, good);
    await body.dump();
    return statusCode;
  }

  /** Asks for properties of something, and with `1` of what is in it; `undefined` where it is not. */
  async properties(name: string, depth: '0' | '1'): Promise<readonly XmlAnswer[] | undefined> {
    const headers = { depth, 'content-type': 'application/xml; charset=utf-8' };
    const request = { method: 'PROPFIND', name, headers, body: asked } as const;
    const response = await this.send(request, [207, 404]);
    if (response.statusCode === 404) {
      await response.body.dump();
      return undefined;
    }
    const answer = new XmlAnswer(await textOf(response, answerBytesMax));
    if (answer.name !== 'multistatus') {
      throw new Error(`PROPFIND ${this.#pathOf(name)}: the server answers what cannot be read`);
    }
    const found = answer.all('response');
    if (found.length === 0) {
      throw new Error(`PROPFIND ${this.#pathOf(name)}: the server says nothing of it`);
    }
    return found;
  }

  async #once(
    { method, name, headers, body }: DavRequest,
    signal: AbortSignal,
  ): Promise<DavResponse> {
    this.#pools ??= openPools(this.#base.origin);
    const { short, contents } = await this.#pools;
    const response = await (long.has(method) ? contents : short).request({
      method,
      path: this.#pathOf(name),
      headers: { ...headers, authorization: this.#authorization },
      body: body ?? null,
      signal,
    });
    // Whoever reads it hears of what goes wrong.
    response.body.on('error', () => undefined);
    return response;
  }

  /** Ends what it has open. Harmless more than once. */
  async close(): Promise<void> {
    const pools = await this.#pools;
    await Promise.all([pools?.short.destroy(), pools?.contents.destroy()]);
  }
}

const asked =
  '<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop>' +
  '<getcontentlength/><getlastmodified/><resourcetype/></prop></propfind>';

function whatIsWrong({ statusCode, headers }: DavResponse): string {
  if (statusCode === 401) return '401: it does not know the login, or the password';
  const { location } = headers;
  if (!redirections.has(statusCode) || typeof location !== 'string') return `${statusCode}`;
  return `${statusCode} and sends on to another place: set the url of the remote to that`;
}

interface Pools {
  readonly short: Pool;
  readonly contents: Pool;
}

/** Their library is loaded with the first request. */
async function openPools(origin: string): Promise<Pools> {
  const { Pool } = await import('undici');
  const limits = {
    connect: { timeout: connectMsMax },
    headersTimeout: copyMsMax,
    bodyTimeout: silentMsMax,
  };
  return {
    short: new Pool(origin, { ...limits, connections: connectionsMax }),
    // As many as there are uploads and downloads, which the gateway bounds.
    contents: new Pool(origin, { ...limits, connections: null }),
  };
}
