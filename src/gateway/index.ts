/** The live server: proxying, clusters with fan-out, content locks, git and annex over HTTP. */
export type { AccessOptions } from './access/access.ts';
export { Accounts } from './access/accounts.ts';
export type { Warn } from './notices/warn.ts';
export { Gateway, type GatewayOptions } from './gateway.ts';
export { circleText, RepairReport, type KeeperSettings, type RepairMode } from './repair/index.ts';
export type { NotePush } from './pushes/index.ts';
export { anyOrigin } from './http/web/cors.ts';
export type { RequestObserver, SeenRequest } from './http/web/observation.ts';
export type { WebOptions } from './http/web/web-endpoints.ts';
export {
  makeServer,
  makeServers,
  type HttpServer,
  type TlsFiles,
} from './http/server.ts';
export {
  defaultLimits,
  isLimitName,
  limitBounds,
  limitMeanings,
  type GatewayLimits,
  type LimitName,
} from './limits.ts';
export {
  dayMs,
  ReadingPace,
  scrubBytesPerSDefault,
  findingWords,
  type CopyFinding,
  type ScrubSettings,
} from './scrub/index.ts';
export { LockAllowance } from './stores/lock-table.ts';
export {
  DirectoryRepositories,
  JointRepositories,
  SingleRepository,
  type ServedRepositories,
} from './repositories/served-repositories.ts';
export {
  serveLines,
  type SessionEnd,
} from './line/session.ts';
export type { LineAccess } from './line/session-parts.ts';
