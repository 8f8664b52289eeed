/** The live server: proxying, clusters with fan-out, content locks, git and annex over HTTP. */
export type { AccessOptions } from './access.ts';
export { Gateway, GatewayError, type GatewayOptions } from './gateway.ts';
export { makeServer, type ServerOptions } from './http/server.ts';
export {
  defaultLimits,
  isLimitName,
  limitMeanings,
  type GatewayLimits,
  type LimitName,
} from './limits.ts';
