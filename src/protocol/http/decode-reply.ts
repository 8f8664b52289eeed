import { readInteger } from '../integer.ts';
import {
  finishReply,
  replies,
  jsonForm,
  type Reply,
  type ReplyDraft,
  type ReplyField,
  type ReplyKind,
  type ReplyValues,
} from '../replies.ts';
import { requests, type Verb } from '../requests.ts';
import { setValue } from '../table.ts';
import { Unreadable } from '../unreadable.ts';
import type { ProtocolVersion } from '../version.ts';
import { requestFields } from '../fields.ts';
import type { HttpProblem } from './problem.ts';

/**
 * Longest JSON of a reply that is read, characters: the UUIDs of thousands of repositories. A
 * client stops reading a body there.
 */
export const replyLengthMax = 262_144;

/** Longest reason of a failure that is kept, characters. */
const reasonLengthMax = 1000;

/** What a client looks at of an answer with JSON. */
export interface HttpAnswer {
  readonly status: number;
  /** The body as text. */
  readonly body: string;
}

/**
 * The reply that an answer gives to a request of this verb. Members that are not known are ignored,
 * and `plusuuids` may be missing.
 *
 * @returns a problem with the server's status and reason when it refuses, with status 502 when what
 * it answers is no such reply.
 */
export function decodeReply(
  verb: Verb,
  answer: HttpAnswer,
  version: ProtocolVersion,
): Reply | HttpProblem {
  if (answer.status !== 200) return refusalOf(answer);
  const json = parseObject(answer.body);
  if (json === undefined) return noReply(verb, 'it is no JSON object');
  let why = '';
  for (const kind of requests[verb].replies) {
    const reply = replyOfKind(kind, json, version);
    if (typeof reply !== 'string') return reply;
    why = reply;
  }
  return noReply(verb, why);
}

/** A content that comes. */
export interface ContentHead {
  readonly kind: 'content';
  readonly lengthBytes: number;
}

/** A content that comes, or why it does not. */
export function decodeContentHead(
  status: number,
  dataLength: string | undefined,
): ContentHead | HttpProblem {
  if (status !== 200) return refusalOf({ status, body: '' });
  const lengthBytes = dataLength === undefined ? undefined : readInteger(dataLength);
  if (lengthBytes !== undefined && lengthBytes >= 0) return { kind: 'content', lengthBytes };
  return noReply('get', `it has no length in ${requestFields.lengthBytes.http.name}`);
}

function refusalOf({ status, body }: HttpAnswer): HttpProblem {
  return { kind: 'problem', status, text: body.slice(0, reasonLengthMax) };
}

function noReply(verb: Verb, why: string): HttpProblem {
  return {
    kind: 'problem',
    status: 502,
    text: `the answer to ${requests[verb].http.path} is no reply: ${why}`,
  };
}

type JsonObject = ReadonlyMap<string, unknown>;

function parseObject(text: string): JsonObject | undefined {
  if (text.length > replyLengthMax) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? new Map<string, unknown>(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

/** The reply of one kind, or why the JSON is none. */
function replyOfKind(kind: ReplyKind, json: JsonObject, version: ProtocolVersion): Reply | string {
  const draft: ReplyDraft = { kind };
  for (const [name, member] of Object.entries<boolean | ReplyField>(replies[kind].json)) {
    const why =
      typeof member === 'boolean'
        ? wrongConstant(json.get(name), member)
        : readInto(draft, member, json.get(name), version);
    if (why !== undefined) return `${name} ${why}`;
  }
  return finishReply(draft) ?? 'it is not whole';
}

function wrongConstant(given: unknown, expected: boolean): string | undefined {
  return given === expected ? undefined : `is not ${String(expected)}`;
}

function readInto(
  draft: ReplyDraft,
  name: ReplyField,
  json: unknown,
  version: ProtocolVersion,
): string | undefined {
  const form = jsonForm(name);
  const isThere = json !== undefined && (form.since === undefined || version >= form.since);
  const read = !isThere && form.missing !== undefined ? form.missing.value : form.read(json);
  if (read instanceof Unreadable) return read.why;
  setValue<ReplyValues, ReplyField>(draft, name, read);
  return undefined;
}
