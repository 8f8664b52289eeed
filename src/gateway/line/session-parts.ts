import {
  permissionFor,
  type LineMessage,
  type ProtocolVersion,
  type Request,
} from '../../protocol/index.ts';
import type { Uuid } from '../../units/index.ts';
import { accessFor, type AccessOptions } from '../access/access.ts';
import { refused } from '../problems.ts';
import type { Asker } from '../stores/answer-request.ts';
import type { Gateway } from '../gateway.ts';
import type { Event, LineInput } from './line-input.ts';
import type { LineOutput } from './line-output.ts';

/** What the peer of a session may do; the environment of git-annex-shell chooses. */
export type LineAccess = 'full' | 'readOnly' | 'appendOnly';

/** What the parts of a session work with. */
export interface SessionParts {
  readonly gateway: Gateway;
  readonly input: LineInput;
  readonly output: LineOutput;
  /** The repository, proxied node or cluster that is asked. */
  readonly server: Uuid;
  readonly access: LineAccess;
  /** As the log names the peer. */
  readonly user: string;
  /** Aborted when the session is broken. */
  readonly signal: AbortSignal;
  readonly version: ProtocolVersion;
}

const nothing: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

/** The peer, as who asks; `body` is the content that comes with the question, if one does. */
export function askerOf(
  { signal }: Pick<SessionParts, 'signal'>,
  body: Asker['body'] = nothing,
): Asker {
  return { body, signal: () => signal, isGone: () => signal.aborted };
}

const options: Readonly<Record<LineAccess, AccessOptions>> = {
  full: { wideopen: true },
  readOnly: { unauthReadonly: true },
  appendOnly: { unauthAppendonly: true },
};

/** Why a request is refused; `undefined` when it is allowed. */
export function accessRefusal(verb: Request['verb'], access: LineAccess): string | undefined {
  if (access === 'full') return undefined;
  const isGranted =
    accessFor(permissionFor[verb], options[access], { kind: 'anonymous' }) === 'granted';
  if (isGranted) return undefined;
  return refused(access === 'readOnly' ? 'READ_ONLY' : 'APPEND_ONLY').text;
}

/** The message that an event is, if it is one of these words. */
export function messageOf<Word extends LineMessage['word']>(
  event: Event | undefined,
  ...words: readonly Word[]
): Extract<LineMessage, { word: Word }> | undefined {
  if (event?.kind !== 'message') return undefined;
  return isOneOf(event.message, words) ? event.message : undefined;
}

function isOneOf<Word extends LineMessage['word']>(
  message: LineMessage,
  words: readonly Word[],
): message is Extract<LineMessage, { word: Word }> {
  return words.some((word) => word === message.word);
}
