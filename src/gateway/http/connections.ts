import type { Server, ServerOptions } from 'node:http';
import type { GatewayLimits } from '../limits.ts';

/** From this part of the most connections on, those without a request are closed to make room. */
const crowdedPart = 0.95;

/** Longest time between two looks for heads of requests that take too long, milliseconds. */
const checkMs = 30_000;

/** What a server does about the connections of clients that are slow, silent or gone. */
export function connectionOptions(limits: GatewayLimits): ServerOptions {
  return {
    // Bodies have limits of their own: one for all would cut a large upload, or a lock that is
    // kept.
    requestTimeout: 0,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.min(checkMs, limits.headersMs),
    maxHeaderSize: limits.headersBytesMax,
    keepAliveTimeout: limits.idleConnectionMs,
    // Finds out that a peer is gone which keeps a lock and has nothing to say.
    keepAlive: true,
    keepAliveInitialDelay: limits.probeMs,
  };
}

/**
 * Bounds the connections at once. Idle ones must not keep a new client out: shortly before the last
 * one is taken, those between two requests are closed, which HTTP clients expect at any time
 * (RFC 9112 section 9.5).
 */
export function limitConnections(server: Server, { connectionsMax }: GatewayLimits): void {
  server.maxConnections = connectionsMax;
  const crowded = Math.floor(connectionsMax * crowdedPart);
  // Looking for idle ones is looking at all, so not for every new one when all are busy.
  const lookEvery = Math.max(1, Math.floor((connectionsMax - crowded) / 2));
  let open = 0;
  let newSinceLook = lookEvery;
  server.on('connection', (socket) => {
    open += 1;
    newSinceLook += 1;
    socket.once('close', () => {
      open -= 1;
    });
    if (open < crowded || newSinceLook < lookEvery) return;
    newSinceLook = 0;
    server.closeIdleConnections();
  });
}
