import type { IncomingMessage, ServerResponse } from 'node:http';

/** Any web page of any origin. */
export const anyOrigin = '*';

/** How long a browser may remember that it may ask, seconds. */
const preflightSeconds = 3600;

const methods = 'GET, HEAD, POST';

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
