import { parseKey, parseUuid } from 'ballast/key';
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  newestVersion,
  splitTarget,
  type Reply,
  type Request,
} from 'ballast/protocol';

const key = parseKey('MD5-s5--5d41402abc4b2a76b9719d911017c592');
const server = parseUuid('server');
if (key === undefined || server === undefined) throw new Error('no names');
const request: Request = { verb: 'checkPresent', key };
const call = encodeRequest(request, { version: newestVersion, server, client: 'client' });
if (call === undefined) throw new Error('no call');
const head = { method: call.method, accept: undefined, dataLength: undefined };
const heard = decodeRequest(head, splitTarget(call.target));
const reply: Reply = { kind: 'present', isPresent: true };
const body = encodeReply(reply, newestVersion);
const answer = decodeReply('checkPresent', { status: 200, body }, newestVersion);
if (
  !('request' in heard) ||
  heard.server !== server ||
  !('kind' in answer) ||
  answer.kind !== 'present'
)
  throw new Error(`ballast/protocol is not what it says: ${call.target} ${body}`);
