/**
 * The gateway's second door, for processes that serve one client by lines: ssh starts one for each,
 * and the HTTP server with its libraries would be a third of what that costs.
 */
export { Gateway } from '../gateway.ts';
export { serveLines, type LineChannel } from './session.ts';
export type { LineAccess } from './session-parts.ts';
export { receivePush } from './receive-push.ts';
