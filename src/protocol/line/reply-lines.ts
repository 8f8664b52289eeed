import {
  finishReply,
  replies,
  replyFieldsOf,
  type Reply,
  type ReplyDraft,
  type ReplyField,
  type ReplyKind,
  type ReplyValues,
} from '../replies.ts';
import { requests, type Verb } from '../requests.ts';
import { copyValue, has } from '../table.ts';
import type { ProtocolVersion } from '../version.ts';
import { finishLine, isOfficial, type LineDraft, type LineMessage } from './message.ts';
import type { ParameterValues } from './parameters.ts';
import { isLineWord, lineWords, type LineWord } from './words.ts';

const verdictWords = { yes: 'SUCCESS', no: 'FAILURE' } as const;

/** Ends the word of a reply that names further repositories. */
const plusSuffix = '-PLUS';

/**
 * The line that says a reply. Further repositories are named only when there are any, and only in a
 * version that has the -PLUS replies (spec/p2p-line.md section 5). A lock has no id on a line.
 */
export function lineOfReply(reply: Reply, version: ProtocolVersion): LineMessage {
  const alsoIn = 'alsoIn' in reply ? reply.alsoIn : [];
  const plain = wordOf(reply);
  const plus = `${plain}${plusSuffix}`;
  if (alsoIn.length > 0 && isLineWord(plus) && isOfficial(plus, version)) {
    return finishLine({ word: plus, uuids: alsoIn });
  }
  const draft: LineDraft = { word: plain };
  for (const name of lineWords[plain].parameters) {
    copyValue<ParameterValues>(reply, draft, name);
  }
  return finishLine(draft);
}

function wordOf(reply: Reply): LineWord {
  const { line } = replies[reply.kind];
  if (line.kind === 'word') return line.word;
  const { verdict } = line;
  const isYes = typeof verdict === 'boolean' ? verdict : valueOf(reply, verdict);
  return isYes === true ? verdictWords.yes : verdictWords.no;
}

function valueOf(values: object, name: ReplyField): unknown {
  return has<ReplyValues, ReplyField>(values, name) ? values[name] : undefined;
}

/** The reply that a line gives to a request of this verb; `undefined` when it is none. */
export function replyOfLine(verb: Verb, message: LineMessage): Reply | undefined {
  for (const kind of requests[verb].replies) {
    const reply = replyOfKind(kind, message);
    if (reply !== undefined) return reply;
  }
  return undefined;
}

function replyOfKind(kind: ReplyKind, message: LineMessage): Reply | undefined {
  const draft: ReplyDraft = { kind };
  const word = message.word.endsWith(plusSuffix)
    ? message.word.slice(0, -plusSuffix.length)
    : message.word;
  const { line } = replies[kind];
  if (line.kind === 'word') {
    if (word !== line.word) return undefined;
  } else {
    if (word !== verdictWords.yes && word !== verdictWords.no) return undefined;
    const isYes = word === verdictWords.yes;
    if (typeof line.verdict !== 'boolean') draft[line.verdict] = isYes;
    else if (line.verdict !== isYes) return undefined;
  }
  for (const name of replyFieldsOf[kind]) {
    if (name === 'alsoIn') draft.alsoIn = 'uuids' in message ? message.uuids : [];
    else if (name === 'lockId') draft.lockId = '';
    else copyValue<ReplyValues>(message, draft, name);
  }
  return finishReply(draft);
}
