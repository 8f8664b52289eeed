/** The live server: proxying, clusters with fan-out, content locks, git and annex over HTTP. */
export type { AccessOptions } from './access.ts';
export { Gateway, GatewayError, type GatewayOptions } from './gateway.ts';
export { makeServer, type ServerOptions } from './http/server.ts';
export {
  serveLines,
  type LinePeer,
  type LineSessionOptions,
  type SessionEnd,
} from './line/session.ts';
export type { LineAccess } from './line/session-parts.ts';
export { defaultLimits, type GatewayLimits } from './limits.ts';
