import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import type { Clock } from '../../../clock/index.ts';
import type { IsAllowedAddress } from './allowed-addresses.ts';

/** Limits of requests to a server, milliseconds. */
const connectMsMax = 10_000;
const headMsMax = 60_000;
const silentMsMax = 60_000;

/** Requests at once to one server. */
const connectionsMax = 16;

/** How often a server may send on to another place. */
const redirectionsMax = 10;

/** Addresses of a host that are tried. */
const addressesMax = 4;

const redirections: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What a {@link WebClient} may do. */
export interface WebClientOptions {
  readonly isAllowed: IsAllowedAddress;
  /** Without colon, in lower case: `annex.security.allowed-url-schemes`. */
  readonly schemes: ReadonlySet<string>;
  readonly clock: Pick<Clock, 'after'>;
}

/** An answer whose body is read, or given up, by who asked. */
export type WebResponse = Dispatcher.ResponseData;

/** What is asked of a place on the web. */
export interface WebRequest {
  readonly method: 'HEAD' | 'GET';
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Asks servers on the web, wherever they send on to, and connects to allowed addresses alone: judged is the address
 * that is connected to, so that no name can lead elsewhere between the look and the connection. What a server may
 * say before its answer begins is bounded in time and length.
 */
export class WebClient {
  readonly #options: WebClientOptions;
  #dispatcher: Promise<Dispatcher> | undefined;

  constructor(options: WebClientOptions) {
    this.#options = options;
  }

  /** Why a url is never asked for, as the end of a sentence; `undefined` for one that is. */
  whyNot(url: string): string | undefined {
    const scheme = URL.parse(url)?.protocol.slice(0, -1);
    if (scheme === undefined) return 'is no url';
    if (scheme !== 'http' && scheme !== 'https') return 'is no url of http or https';
    return this.#options.schemes.has(scheme)
      ? undefined
      : `is of a scheme, ${scheme}, that annex.security.allowed-url-schemes does not name`;
  }

  /** @throws Error when no answer comes. */
  async send(url: string, request: WebRequest): Promise<WebResponse> {
    const given = new AbortController();
    const limit = this.#options.clock.after(headMsMax, () => {
      given.abort(new Error(`no answer came in ${headMsMax / 1000} s`));
    });
    try {
      return await this.#follow(url, request, given.signal);
    } catch (error) {
      const why = error instanceof Error ? error.message || error.name : String(error);
      throw new Error(`${request.method} ${shownUrl(url)}: ${why}`, { cause: error });
    } finally {
      limit.close();
    }
  }

  async #follow(url: string, request: WebRequest, signal: AbortSignal): Promise<WebResponse> {
    let at = new URL(url);
    let account = accountOf(at);
    for (let steps = 0; ; steps += 1) {
      const response = await this.#once(at, { ...request, account, signal });
      const { location } = response.headers;
      const isSentOn = redirections.has(response.statusCode) && typeof location === 'string';
      if (!isSentOn || steps >= redirectionsMax) return response;
      // What else it says goes on for as long as it likes.
      response.body.destroy();
      const to = new URL(location, at);
      const why = this.whyNot(to.href);
      if (why !== undefined) throw new Error(`it sends on to ${shownUrl(to.href)}, which ${why}`);
      // Another server is told no password of this one.
      if (to.origin !== at.origin) account = undefined;
      at = to;
    }
  }

  async #once(
    { origin, pathname, search }: URL,
    by: WebRequest & { readonly account: string | undefined; readonly signal: AbortSignal },
  ): Promise<WebResponse> {
    this.#dispatcher ??= openDispatcher(this.#options);
    const dispatcher = await this.#dispatcher;
    const authorization = by.account === undefined ? {} : { authorization: by.account };
    const headers = { ...authorization, ...by.headers };
    const response = await dispatcher.request({
      origin,
      method: by.method,
      path: pathname + search,
      headers,
      signal: by.signal,
    });
    // Whoever reads it hears of what goes wrong.
    response.body.on('error', () => undefined);
    return response;
  }

  /** Ends what it has open. Harmless more than once. */
  async close(): Promise<void> {
    await (await this.#dispatcher)?.destroy();
  }
}

/** A url for people: no user, password or query, which may be secrets. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null
    ? 'what is no url'
    : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

function accountOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const account = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(account).toString('base64')}`;
}

/** A part of a url without its percent-encoding; as it is where that is none. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Its library is loaded with the first request. */
async function openDispatcher({ isAllowed }: WebClientOptions): Promise<Dispatcher> {
  const { Agent, buildConnector: build } = await import('undici');
  return new Agent({
    connect: guarded(build({ timeout: connectMsMax }), isAllowed),
    connections: connectionsMax,
    headersTimeout: headMsMax,
    bodyTimeout: silentMsMax,
  });
}

function guarded(
  connect: buildConnector.connector,
  isAllowed: IsAllowedAddress,
): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    const servername = options.servername ?? (isIP(host) === 0 ? host : '');
    const allowed = (addresses: readonly string[]): readonly string[] =>
      addresses.filter((address) => isAllowed(address, port)).slice(0, addressesMax);
    const connectTo = ([address, ...others]: readonly string[]): void => {
      if (address === undefined) {
        const why = `annex.security.allowed-ip-addresses does not allow to connect to ${host}`;
        callback(new Error(why), null);
        return;
      }
      connect({ ...options, hostname: address, servername }, (...result) => {
        if (result[0] !== null && others.length > 0) connectTo(others);
        else callback(...result);
      });
    };
    if (isIP(host) === 0) {
      lookup(host, { all: true }, (error, found) => {
        if (error === null) connectTo(allowed(found.map(({ address }) => address)));
        else callback(error, null);
      });
    } else connectTo(allowed([host]));
  };
}
