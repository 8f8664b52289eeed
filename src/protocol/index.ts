/**
 * How peers speak: the P2P protocol's requests, replies and versions as tables (`requests.ts`,
 * `fields.ts`, `replies.ts`, `version.ts`), and built on them, for both sides, its form over HTTP
 * (`http/`) and as lines (`line/`). Beside it, what is put right in a push on its way to and from git
 * (`push/`).
 */
export {
  decodeContentHead,
  decodeReply,
  replyLengthMax,
  type ContentHead,
  type HttpAnswer,
} from './http/decode-reply.ts';
export { decodeRequest, type HttpHead, type HttpRequest } from './http/decode-request.ts';
export { encodeReply } from './http/encode-reply.ts';
export { encodeRequest, type HttpCall, type HttpEnvelope } from './http/encode-request.ts';
export { jsonContentType } from './http/endpoints.ts';
export {
  allowsRange,
  entityTagOf,
  formatEntityTag,
  judgeConditions,
  type EntityTag,
} from './http/entity-tag.ts';
export { openApi, parametersOfOwn, problemReferences, type Json } from './http/openapi.ts';
export { KeepLockedScanner, keepLockedObjectMax, keepLockedPieces } from './http/keep-locked.ts';
export {
  methodNotAllowed,
  notFound,
  type BareStatus,
  type HttpProblem,
  type TextStatus,
} from './http/problem.ts';
export { parseRange, rangeWithin, type ByteRange } from './http/range.ts';
export { splitTarget, type Target } from './http/target.ts';
export { LineReader, type LineEvent } from './line/line-reader.ts';
export {
  decodeLine,
  encodeLine,
  lineLengthMax,
  type LineMessage,
  type LineMessageOf,
  type LineProblem,
} from './line/message.ts';
export type { GitService } from './line/parameters.ts';
export { lineOfReply, replyOfLine } from './line/reply-lines.ts';
export {
  linesOfRequest,
  requestOfLine,
  type ContentMessage,
  type PutContent,
  type RequestLines,
} from './line/request-lines.ts';
export { type Reply, type ReplyKind, type ReplyOf } from './replies.ts';
export {
  isOffered,
  permissionFor,
  requests,
  type Permission,
  type Request,
  type RequestOf,
  type Verb,
} from './requests.ts';
export {
  hasFeature,
  negotiateVersion,
  newestVersion,
  protocolVersions,
  type Feature,
  type ProtocolVersion,
} from './version.ts';
export { isAnnexRef, type PushCommand } from './push/push-command.ts';
export { PushAnswer, type PushVerdict } from './push/push-answer.ts';
export { PushRequest, type ReplacedCommand } from './push/push-request.ts';
