/**
 * Every message of the protocol, made from the tables: a new row is generated without more work.
 */
import fc from 'fast-check';
import type { FieldName, FieldValues } from '../../src/protocol/fields.ts';
import { finishLine, type LineDraft, type LineMessage } from '../../src/protocol/line/message.ts';
import type { ParameterName, ParameterValues } from '../../src/protocol/line/parameters.ts';
import { allWords, lineWords, type LineWord } from '../../src/protocol/line/words.ts';
import {
  finishReply,
  replyFieldsOf,
  type Reply,
  type ReplyDraft,
  type ReplyField,
  type ReplyKind,
  type ReplyValues,
} from '../../src/protocol/replies.ts';
import {
  finish,
  requests,
  verbs,
  type Draft,
  type Request,
  type Verb,
} from '../../src/protocol/requests.ts';
import { setValue } from '../../src/protocol/table.ts';
import { protocolVersions, type ProtocolVersion } from '../../src/protocol/version.ts';
import { isUuid, uuidFromBytes, type Uuid } from '../../src/units/index.ts';
import { keys, texts } from './keys.ts';

export const versions: fc.Arbitrary<ProtocolVersion> = fc.constantFrom(...protocolVersions);

/** UUIDs as git-annex makes them, and others that it takes. */
export const uuids: fc.Arbitrary<Uuid> = fc.oneof(
  fc
    .uint8Array({ minLength: 16, maxLength: 16 })
    .map((bytes) => uuidFromBytes(bytes, 'repository')),
  fc.oneof(fc.constantFrom('[x]', 'a', '[', '\udcff', 'ü'), texts).filter(isUuid),
);

/** Texts with what codecs trip over, more often than chance has it. */
const awkwardTexts = fc.oneof(
  texts,
  fc
    .array(
      fc.constantFrom('[', ']', '%', ' ', '\n', '\r', '+', '&', ';', '=', '/', 'a', 'é', '\udcff'),
      {
        maxLength: 8,
      },
    )
    .map((parts) => parts.join('')),
);
const someTexts = awkwardTexts.filter((text) => text !== '');
const numbers = fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32, Number.MAX_SAFE_INTEGER));

const anyKeys: fc.Arbitrary<FieldValues['key']> = fc.oneof(
  keys,
  fc.tuple(keys, awkwardTexts).map(([key, name]) => Object.assign({}, key, { name })),
);

const fieldValues: { readonly [Name in FieldName]: fc.Arbitrary<FieldValues[Name]> } = {
  key: anyKeys,
  lockId: someTexts,
  clientUuid: someTexts,
  associatedFile: fc.option(awkwardTexts, { nil: undefined }),
  offsetBytes: numbers,
  timestampSeconds: fc.oneof(numbers, fc.integer()),
  isDataPresent: fc.boolean(),
  lengthBytes: numbers,
};

/** A client's own name for itself. */
export const clients: fc.Arbitrary<string> = fieldValues.clientUuid;

/** Gateways to be left out. */
export const bypasses: fc.Arbitrary<readonly string[]> = fc.array(someTexts, { maxLength: 3 });

/** Any request. */
export const anyRequests: fc.Arbitrary<Request> = fc.constantFrom(...verbs).chain(requestsOf);

function requestsOf(verb: Verb): fc.Arbitrary<Request> {
  const names: readonly FieldName[] = requests[verb].fields;
  const values = names.map((name): fc.Arbitrary<FieldValues[FieldName]> => fieldValues[name]);
  return fc.tuple(...values).map((row) => {
    const draft: Draft = { verb };
    for (const [index, name] of names.entries()) setValue<Loose, string>(draft, name, row[index]);
    return finish(draft);
  });
}

const replyValues: { readonly [Name in ReplyField]: fc.Arbitrary<ReplyValues[Name]> } = {
  isPresent: fc.boolean(),
  isStored: fc.boolean(),
  isRemoved: fc.boolean(),
  alsoIn: fc.array(uuids, { maxLength: 4 }),
  offsetBytes: numbers,
  seconds: fc.oneof(numbers, fc.integer()),
  lockId: someTexts,
};

/** Any reply of these kinds. */
function repliesOf(kinds: readonly ReplyKind[]): fc.Arbitrary<Reply> {
  return fc.constantFrom(...kinds).chain((kind) => {
    const names = replyFieldsOf[kind];
    const values = names.map((name): fc.Arbitrary<ReplyValues[ReplyField]> => replyValues[name]);
    return fc.tuple(...values).map((row) => {
      const draft: ReplyDraft = { kind };
      for (const [index, name] of names.entries()) setValue<Loose, string>(draft, name, row[index]);
      const reply = finishReply(draft);
      if (reply === undefined) throw new Error(`${kind} is not whole`);
      return reply;
    });
  });
}

/** A verb, and any reply to it. */
export const verbsWithReplies: fc.Arbitrary<readonly [Verb, Reply]> = fc
  .constantFrom(...verbs.filter((verb) => requests[verb].replies.length > 0))
  .chain((verb) => fc.tuple(fc.constant(verb), repliesOf(requests[verb].replies)));

const parameterValues: { readonly [Name in ParameterName]: fc.Arbitrary<ParameterValues[Name]> } = {
  key: anyKeys,
  clientUuid: someTexts,
  associatedFile: fieldValues.associatedFile,
  offsetBytes: numbers,
  timestampSeconds: fieldValues.timestampSeconds,
  lengthBytes: numbers,
  seconds: replyValues.seconds,
  token: awkwardTexts,
  serverUuid: uuids,
  version: fc.integer(),
  uuids: replyValues.alsoIn,
  service: fc.constantFrom('git-upload-pack', 'git-receive-pack'),
  exitCode: fc.integer(),
  refs: fc.array(someTexts, { maxLength: 3 }),
  text: awkwardTexts,
};

/** Any line, also such that cannot travel. */
export const anyLines: fc.Arbitrary<LineMessage> = fc.constantFrom(...allWords).chain(linesOf);

function linesOf(word: LineWord): fc.Arbitrary<LineMessage> {
  const names: readonly ParameterName[] = lineWords[word].parameters;
  const values = names.map(
    (name): fc.Arbitrary<ParameterValues[ParameterName]> => parameterValues[name],
  );
  return fc.tuple(...values).map((row) => {
    const draft: LineDraft = { word };
    for (const [index, name] of names.entries()) setValue<Loose, string>(draft, name, row[index]);
    return finishLine(draft);
  });
}

type Loose = Record<string, unknown>;
