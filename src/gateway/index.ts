/** The live server: proxying, clusters with fan-out, content locks, git and annex over HTTP. */
export type { AccessOptions } from './access.ts';
export { Accounts, type Account, type Rights } from './accounts.ts';
export { Gateway, GatewayError, type GatewayOptions } from './gateway.ts';
export { readKeyFacts, type KeyFacts } from './key-facts.ts';
export type { NotePush, Pusher, PushRecord } from './pushes/index.ts';
export { anyOrigin } from './http/cors.ts';
export type { RequestObserver, SeenRequest, SeenVerb } from './http/observation.ts';
export type { WebOptions } from './http/web-desk.ts';
export {
  makeServer,
  makeServers,
  type HttpServer,
  type ServerOptions,
  type TlsFiles,
} from './http/server.ts';
export {
  defaultLimits,
  isLimitName,
  limitMeanings,
  type GatewayLimits,
  type LimitName,
} from './limits.ts';
export { LockAllowance } from './lock-table.ts';
export {
  DirectoryRepositories,
  JointRepositories,
  SingleRepository,
  type ServedRepositories,
} from './served-repositories.ts';
export {
  serveLines,
  type LineChannel,
  type LineSessionOptions,
  type SessionEnd,
} from './line/session.ts';
export type { LineAccess } from './line/session-parts.ts';
