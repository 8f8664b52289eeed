import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { buildConnector, Dispatcher } from 'undici';
import type { IsAllowedAddress } from './allowed-addresses.ts';

/** Limits of requests to a server, milliseconds. */
const connectMsMax = 10_000;
const headMsMax = 60_000;
const silentMsMax = 60_000;

/** Requests at once to one server. */
const connectionsMax = 16;

/** How often a server may send on to another place. */
const redirectionsMax = 10;

/** What an {@link WebClient} may do. */
export interface WebClientOptions {
  readonly isAllowed: IsAllowedAddress;
  /** Without colon, in lower case: `annex.security.allowed-url-schemes`. */
  readonly schemes: ReadonlySet<string>;
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
 * that is connected to, so that no name can lead elsewhere between the look and the connection.
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
    if (scheme !== 'http' && scheme !== 'https') return `is no url of http or https`;
    return this.#options.schemes.has(scheme)
      ? undefined
      : `is of a scheme that annex.security.allowed-url-schemes does not name`;
  }

  /** @throws Error when no answer comes. */
  async send(url: string, { method, headers = {} }: WebRequest): Promise<WebResponse> {
    this.#dispatcher ??= openDispatcher(this.#options);
    const dispatcher = await this.#dispatcher;
    const { origin, pathname, search, username, password } = new URL(url);
    const account = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    const authorization =
      username === '' ? {} : { authorization: `Basic ${Buffer.from(account).toString('base64')}` };
    try {
      return await dispatcher.request({
        origin,
        method,
        path: pathname + search,
        headers: { ...authorization, ...headers },
      });
    } catch (error) {
      const why = error instanceof Error ? error.message || error.name : String(error);
      throw new Error(`${method} ${withoutPassword(url)}: ${why}`, { cause: error });
    }
  }

  /** Ends what it has open. Harmless more than once. */
  async close(): Promise<void> {
    await (await this.#dispatcher)?.destroy();
  }
}

/** A url for people: without the password in it. */
export function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  parsed.password = '';
  return parsed.href;
}

/** Its library is loaded with the first request. */
async function openDispatcher(options: WebClientOptions): Promise<Dispatcher> {
  const { Agent, buildConnector: build, interceptors } = await import('undici');
  const connect = guarded(build({ timeout: connectMsMax }), options.isAllowed);
  return new Agent({
    connect,
    connections: connectionsMax,
    headersTimeout: headMsMax,
    bodyTimeout: silentMsMax,
  }).compose(
    onlySchemes(options.schemes),
    interceptors.redirect({ maxRedirections: redirectionsMax }),
  );
}

/** Where a server sends on to is judged as what was asked first. */
function onlySchemes(schemes: ReadonlySet<string>): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const scheme = new URL(String(options.origin)).protocol.slice(0, -1);
    if (!schemes.has(scheme)) {
      throw new Error(`annex.security.allowed-url-schemes does not name ${scheme}`);
    }
    return dispatch(options, handler);
  };
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
      addresses.filter((address) => isAllowed(address, port));
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
