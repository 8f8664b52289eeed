import * as v from 'valibot';
import { objectOf, readJson, type Shape } from '../../shapes/index.ts';
import type { Read } from '../../units/index.ts';
import { readInteger } from '../integer.ts';
import {
  finishReply,
  replies,
  type Reply,
  type ReplyDraft,
  type ReplyField,
  type ReplyKind,
  type ReplyValues,
} from '../replies.ts';
import { jsonForm, type JsonForm } from '../reply-form.ts';
import { requests, type Verb } from '../requests.ts';
import { setValue } from '../table.ts';
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
  if (answer.body.length > replyLengthMax) {
    return noReply(verb, `it is longer than ${replyLengthMax} characters`);
  }
  let why = '';
  for (const kind of requests[verb].replies) {
    const reply = replyOfKind(kind, answer.body, version);
    if (reply.kind === 'value') return reply.value;
    why = reply.message;
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

/** The reply of one kind, or why the JSON is none. */
function replyOfKind(kind: ReplyKind, json: string, version: ProtocolVersion): Read<Reply> {
  const read = readJson(json, shapeOf(kind, version));
  if (read.kind === 'problem') return read;
  const draft: ReplyDraft = { kind };
  for (const [name, member] of membersOf(kind)) {
    const value = read.value[name];
    if (typeof member !== 'boolean' && value !== undefined) {
      setValue<ReplyValues, ReplyField>(draft, member, value);
    }
  }
  const reply = finishReply(draft);
  return reply === undefined
    ? { kind: 'problem', message: 'it is not whole' }
    : { kind: 'value', value: reply };
}

type MemberValue = ReplyValues[ReplyField];

function shapeOf(
  kind: ReplyKind,
  version: ProtocolVersion,
): Shape<Readonly<Record<string, MemberValue>>> {
  return objectOf(
    Object.fromEntries(
      membersOf(kind).map(([name, member]) => [
        name,
        typeof member === 'boolean' ? v.literal(member, String(member)) : valueOf(member, version),
      ]),
    ),
  );
}

function membersOf(kind: ReplyKind): readonly (readonly [string, boolean | ReplyField])[] {
  return Object.entries<boolean | ReplyField>(replies[kind].json);
}

/** What is there too early counts as not there. */
function valueOf(name: ReplyField, version: ProtocolVersion): Shape<MemberValue> {
  const { shape, since = 0, missing }: JsonForm<MemberValue> = jsonForm(name);
  if (missing === undefined) return shape;
  if (version >= since) return v.optional(shape, missing.value);
  const ignored = v.pipe(
    v.unknown(),
    v.transform(() => missing.value),
  );
  return v.optional(ignored, null);
}
