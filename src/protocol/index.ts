/** How peers speak: the P2P protocol's messages as data, and their HTTP form. */
export { decodeRequest, type HttpHead, type HttpRequest } from './http/decode-request.ts';
export { encodeReply } from './http/encode-reply.ts';
export { jsonContentType } from './http/endpoints.ts';
export { KeepLockedScanner, keepLockedObjectMax } from './http/keep-locked.ts';
export { notFound, type HttpProblem } from './http/problem.ts';
export { splitTarget, type Target } from './http/target.ts';
export type { Reply } from './replies.ts';
export { permissionFor, type Permission, type Request, type Verb } from './requests.ts';
export { plusUuidsSince, protocolVersions, type ProtocolVersion } from './version.ts';
