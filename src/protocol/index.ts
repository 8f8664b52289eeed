/** How peers speak: the P2P protocol's messages as data, and their HTTP form. */
export { decodeRequest, type HttpHead, type HttpRequest } from './http/decode-request.ts';
export { encodeReply, jsonContentType } from './http/encode-reply.ts';
export {
  allowsRange,
  entityTagOf,
  formatEntityTag,
  judgeConditions,
  type ConditionHeaders,
  type EntityTag,
} from './http/entity-tag.ts';
export { KeepLockedScanner, keepLockedObjectMax } from './http/keep-locked.ts';
export { notFound, type HttpProblem } from './http/problem.ts';
export { parseRange, rangeWithin, type AskedRange, type ByteRange } from './http/range.ts';
export { splitTarget, type Target } from './http/target.ts';
export type { Reply } from './reply.ts';
export { permissionFor, type Permission, type Request, type Verb } from './request.ts';
export { plusUuidsSince, protocolVersions, type ProtocolVersion } from './version.ts';
