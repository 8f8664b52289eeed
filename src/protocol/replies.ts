import type { Uuid } from '../units/index.ts';
import { mapTable } from './table.ts';

/** What replies are made of. */
export interface ReplyValues {
  readonly isPresent: boolean;
  readonly isStored: boolean;
  readonly isRemoved: boolean;
  /** Further repositories that the answer holds for, which a proxy or cluster acted on. */
  readonly alsoIn: readonly Uuid[];
  /** Where the content that is to be put shall begin. */
  readonly offsetBytes: number;
  /** The time of the server's own clock. */
  readonly seconds: number;
  /** Names the lock for `keepLocked`. On a line there is none, and it is empty. */
  readonly lockId: string;
}

/** The names of what replies are made of. */
export type ReplyField = keyof ReplyValues;

/**
 * Every reply, once. `json` has the members of its JSON in order: the field that each holds, or
 * what it always is (spec/p2p-http.md section 1). `line` is the word that says it on a line; for a
 * verdict, SUCCESS or FAILURE, it is the field that decides, or what it always is (spec/p2p-line.md
 * section 5). Contents are no reply here: they travel as streams.
 */
export const replies = {
  present: { json: { present: 'isPresent' }, line: { kind: 'verdict', verdict: 'isPresent' } },
  stored: {
    json: { plusuuids: 'alsoIn', stored: 'isStored' },
    line: { kind: 'verdict', verdict: 'isStored' },
  },
  putFrom: { json: { offset: 'offsetBytes' }, line: { kind: 'word', word: 'PUT-FROM' } },
  alreadyHave: {
    json: { alreadyhave: true, plusuuids: 'alsoIn' },
    line: { kind: 'word', word: 'ALREADY-HAVE' },
  },
  removed: {
    json: { plusuuids: 'alsoIn', removed: 'isRemoved' },
    line: { kind: 'verdict', verdict: 'isRemoved' },
  },
  timestamp: { json: { timestamp: 'seconds' }, line: { kind: 'word', word: 'TIMESTAMP' } },
  locked: { json: { locked: true, lockid: 'lockId' }, line: { kind: 'verdict', verdict: true } },
  notLocked: { json: { locked: false }, line: { kind: 'verdict', verdict: false } },
} as const;

type Replies = typeof replies;

/** The kind of a {@link Reply}. */
export type ReplyKind = keyof Replies;

type MembersOf<Kind extends ReplyKind> = Replies[Kind]['json'][keyof Replies[Kind]['json']];

/** The reply of one kind. */
export type ReplyOf<Kind extends ReplyKind> = {
  [Said in Kind]: { readonly kind: Said } & Pick<ReplyValues, Extract<MembersOf<Said>, ReplyField>>;
}[Kind];

/** What a repository answers, apart from contents. */
export type Reply = ReplyOf<ReplyKind>;

/** A reply in the making: its kind, and the fields read so far. */
export type ReplyDraft = { readonly kind: ReplyKind } & {
  -readonly [Name in ReplyField]?: ReplyValues[Name];
};

/** The fields of each kind of reply. */
export const replyFieldsOf: Readonly<Record<ReplyKind, readonly ReplyField[]>> = mapTable(
  replies,
  ({ json }) =>
    Object.values<boolean | ReplyField>(json).filter((member) => typeof member !== 'boolean'),
);

/** The reply that a draft with all fields of its kind is; `undefined` when one is missing. */
export function finishReply(draft: ReplyDraft): Reply | undefined {
  return isFinished(draft) ? draft : undefined;
}

function isFinished(draft: ReplyDraft): draft is Reply {
  return replyFieldsOf[draft.kind].every((name) => name in draft);
}
