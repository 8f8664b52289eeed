import type { FieldName, FieldValues } from '../fields.ts';
import { finish, requests, verbs, type Draft, type Request, type Verb } from '../requests.ts';
import { copyValue } from '../table.ts';
import { finishLine, type LineDraft, type LineMessage, type LineMessageOf } from './message.ts';
import type { ParameterValues } from './parameters.ts';
import { lineWords } from './words.ts';

/** What says of which content a put is, after the server has answered its opening. */
export type ContentMessage = LineMessageOf<'DATA' | 'DATA-PRESENT'>;

/** The lines by which a request is made. */
export interface RequestLines {
  readonly opening: LineMessage;
  /**
   * Of a put, once the server has answered PUT-FROM: DATA, and the content from that offset on, or
   * DATA-PRESENT. `undefined` for all other requests.
   */
  readonly content: ContentMessage | undefined;
}

/**
 * The lines of a request; `undefined` for `keepLocked`, since a session keeps its lock without
 * being asked to. Whether the session's version has them is to be asked before (`isOffered`).
 */
export function linesOfRequest(request: Request): RequestLines | undefined {
  const word = requests[request.verb].line;
  if (word === undefined) return undefined;
  const draft: LineDraft = { word };
  for (const name of lineWords[word].parameters) copyValue<ParameterValues>(request, draft, name);
  // A putOffset is the opening of a put, whose file is not known yet.
  if (request.verb === 'putOffset') draft.associatedFile = undefined;
  return { opening: finishLine(draft), content: contentOf(request) };
}

function contentOf(request: Request): ContentMessage | undefined {
  if (request.verb !== 'put') return undefined;
  if (request.isDataPresent) return { word: 'DATA-PRESENT' };
  return { word: 'DATA', lengthBytes: request.lengthBytes };
}

const verbsByWord: ReadonlyMap<string, Verb> = new Map(
  verbs
    .filter((verb) => verb !== 'put')
    .flatMap((verb) => {
      const word = requests[verb].line;
      return word === undefined ? [] : [[word, verb] as const];
    }),
);

/** What is known of the content of a put, when it comes. */
export interface PutContent {
  /** As answered with PUT-FROM. */
  readonly offsetBytes: number;
  readonly message: ContentMessage;
}

/**
 * The request that a line makes; `undefined` when the message is no request. A PUT asks for the
 * offset first, and is a `putOffset` until its content is announced (spec/p2p-line.md section 5).
 */
export function requestOfLine(message: LineMessage, content?: PutContent): Request | undefined {
  const isPut = message.word === 'PUT' && content !== undefined;
  const verb = isPut ? 'put' : verbsByWord.get(message.word);
  if (verb === undefined) return undefined;
  const draft: Draft = { verb };
  for (const name of lineWords[message.word].parameters) {
    if (isFieldOf(verb, name)) copyValue<FieldValues>(message, draft, name);
  }
  if (content !== undefined && isPut) {
    draft.offsetBytes = content.offsetBytes;
    draft.isDataPresent = content.message.word === 'DATA-PRESENT';
    draft.lengthBytes = content.message.word === 'DATA' ? content.message.lengthBytes : 0;
  }
  return finish(draft);
}

function isFieldOf(verb: Verb, name: string): name is FieldName {
  return requests[verb].fields.some((field) => field === name);
}
