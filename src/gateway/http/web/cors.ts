import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';

/** Any web page of any origin. */
export const anyOrigin = '*';

/** How long a browser may remember that it may ask, seconds. */
const preflightSeconds = 3600;

const methods = 'GET, HEAD, POST';

/** What changes nothing, so that any page may ask for it; what it may read is another matter. */
const safeMethods: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What pages may send: our header, and those of requests for ranges and with credentials. */
const requestHeaders = [
  'Authorization',
  'Content-Type',
  'If-Match',
  'If-None-Match',
  'If-Range',
  'Range',
  'X-git-annex-data-length',
].join(', ');

/** What pages may read beside what browsers show them anyway. */
const exposedHeaders = [
  'Accept-Ranges',
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'WWW-Authenticate',
  'X-git-annex-data-length',
].join(', ');

/**
 * Lets web pages of the named origins read the answer, and answers a browser's question beforehand
 * (the Fetch standard, "CORS protocol"). A browser's stored credentials are allowed to origins that
 * are named, never to `*`: then any page could act in the name of whoever looks at it.
 *
 * @returns whether the request was such a question, and is answered.
 */
export function answerCors(
  request: IncomingMessage,
  response: ServerResponse,
  origins: ReadonlySet<string>,
): boolean {
  const isForAny = origins.has(anyOrigin);
  // Caches must not give one origin what was meant for another.
  if (!isForAny || origins.size > 1) response.setHeader('Vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined) return false;
  const isNamed = origin !== anyOrigin && origins.has(origin);
  if (!isNamed && !isForAny) return false;
  response.setHeader('Access-Control-Allow-Origin', isNamed ? origin : anyOrigin);
  if (isNamed) response.setHeader('Access-Control-Allow-Credentials', 'true');
  const isPreflight =
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  if (!isPreflight) {
    response.setHeader('Access-Control-Expose-Headers', exposedHeaders);
    return false;
  }
  response.writeHead(204, {
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': requestHeaders,
    'Access-Control-Max-Age': preflightSeconds,
  });
  response.end();
  return true;
}

/**
 * Whether a page of an origin that is neither named nor this server's own asks for something to be
 * done. Browsers send simple requests without asking first, with the credentials that they have
 * stored or to a loopback address that nobody else reaches. Programs, git and git-annex among them,
 * send no Origin.
 */
export function isForeignWrite(request: IncomingMessage, origins: ReadonlySet<string>): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || safeMethods.has(request.method)) return false;
  if (origins.has(origin) || origins.has(anyOrigin)) return false;
  // Of the scheme a proxy that ends TLS leaves nothing to compare with.
  return !['http', 'https'].some((scheme) => isOwn(origin, `${scheme}://${host ?? ''}`));
}

/**
 * Whether an origin is that of the address a request was sent to. A name is not enough: whoever
 * owns one can have it lead to this machine for the time of an attack (DNS rebinding), and his page
 * is then of the same origin.
 */
function isOwn(origin: string, own: string): boolean {
  if (!URL.canParse(origin) || !URL.canParse(own)) return false;
  const [one, other] = [new URL(origin), new URL(own)];
  return one.protocol === other.protocol && one.host === other.host && isNoName(one.hostname);
}

/** Whether a host in a URL is an address, or the one name that browsers do not look up. */
function isNoName(hostname: string): boolean {
  return hostname === 'localhost' || isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
