import { pino } from 'pino';
import type { RequestObserver, SeenRequest } from '../../gateway/index.ts';

/** Longest text of a client's choosing that a line repeats, in characters; keys are longer. */
const chosenLengthMax = 200;

/**
 * Writes a line of JSON for each request when it has ended. Never what a client authenticates
 * itself by, nor the query, in which lock ids are.
 */
export function requestLog(destination: { write(line: string): void }): RequestObserver {
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return { ended: (request) => log.info(lineOf(request)) };
}

function lineOf(request: SeenRequest): Record<string, unknown> {
  const { verb, isGone } = request;
  return {
    remote: request.remote,
    user: request.user,
    client: request.client?.slice(0, chosenLengthMax),
    verb,
    server: request.server,
    key: request.key,
    nodes: request.nodes,
    // What the protocol has no verb for is told by its path.
    ...(request.server === undefined ? { method: request.method, path: pathOf(request.path) } : {}),
    status: request.status,
    bytes: request.bytesIn + request.bytesOut,
    durationMs: Math.round(request.durationMs * 1000) / 1000,
    ...(isGone ? { gone: true } : {}),
  };
}

/** A target in absolute form may hold a password. */
function pathOf(path: string): string {
  return path.startsWith('/') ? path.slice(0, chosenLengthMax) : '';
}
