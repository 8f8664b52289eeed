import { encodeText } from '../../units/index.ts';
import { has, setValue } from '../table.ts';
import { Unreadable } from '../unreadable.ts';
import { hasFeature, type ProtocolVersion } from '../version.ts';
import { lineForm, type ParameterName, type ParameterValues } from './parameters.ts';
import { isLineWord, lineWords, type LineWord } from './words.ts';

/**
 * Longest line, bytes without its end: the reference server gives up at 32768 (spec/p2p-line.md
 * section 2).
 */
export const lineLengthMax = 32_767;

/** The message of one word. */
export type LineMessageOf<W extends LineWord> = {
  [Said in W]: { readonly word: Said } & Pick<
    ParameterValues,
    (typeof lineWords)[Said]['parameters'][number]
  >;
}[W];

/** A line of the protocol. The bytes after a DATA are not part of it. */
export type LineMessage = LineMessageOf<LineWord>;

/** A message that cannot travel on a line, and why. */
export interface LineProblem {
  readonly kind: 'problem';
  readonly parameter: ParameterName | undefined;
  readonly text: string;
}

/** A message in the making. */
export type LineDraft = { readonly word: LineWord } & {
  -readonly [Name in ParameterName]?: ParameterValues[Name];
};

/**
 * The message that a line holds, without its end; `undefined` when it holds none: the word is
 * unknown, or a parameter cannot be read (spec/p2p-line.md section 4, "unknown command").
 */
export function decodeLine(text: string): LineMessage | undefined {
  const blank = text.indexOf(' ');
  const word = blank === -1 ? text : text.slice(0, blank);
  if (!isLineWord(word)) return undefined;
  const names: readonly ParameterName[] = lineWords[word].parameters;
  const draft: LineDraft = { word };
  let rest = blank === -1 ? '' : text.slice(blank + 1);
  for (const [index, name] of names.entries()) {
    const end = index === names.length - 1 ? -1 : rest.indexOf(' ');
    if (!readInto(draft, name, end === -1 ? rest : rest.slice(0, end))) return undefined;
    rest = end === -1 ? '' : rest.slice(end + 1);
  }
  return rest === '' && isFinished(draft) ? draft : undefined;
}

/** The message with all its parameters that a draft is. */
export function finishLine(draft: LineDraft): LineMessage {
  if (!isFinished(draft)) throw new RangeError(`${draft.word} lacks parameters`);
  return draft;
}

/** The bytes of a message with its end, or why it cannot travel on a line. */
export function encodeLine(message: LineMessage): Uint8Array<ArrayBuffer> | LineProblem {
  const draft: LineDraft = message;
  const names: readonly ParameterName[] = lineWords[message.word].parameters;
  const texts: string[] = [];
  for (const [index, name] of names.entries()) {
    const text = writeOne(draft, name);
    if (typeof text !== 'string') return { kind: 'problem', parameter: name, text: text.why };
    const why = whyNot(text, index === names.length - 1);
    if (why !== undefined) return { kind: 'problem', parameter: name, text: why };
    texts.push(text);
  }
  if (texts.at(-1) === '') texts.pop();
  const line = encodeText(`${[message.word, ...texts].join(' ')}\n`);
  if (line.length - 1 <= lineLengthMax) return line;
  return {
    kind: 'problem',
    parameter: undefined,
    text: `the line is longer than ${lineLengthMax} bytes`,
  };
}

/** Whether a version has a message officially. The reference server takes some of them before. */
export function isOfficial(word: LineWord, version: ProtocolVersion): boolean {
  const { needs } = lineWords[word];
  return needs === undefined || hasFeature(version, needs);
}

/** What the reader of a line would take for something else. */
function whyNot(text: string, isLast: boolean): string | undefined {
  if (text.includes('\n')) return 'holds a newline';
  if (isLast && text.endsWith('\r')) return 'ends in a carriage return';
  return !isLast && text.includes(' ') ? 'holds a blank' : undefined;
}

function readInto(draft: LineDraft, name: ParameterName, text: string): boolean {
  const value = lineForm(name).read(text);
  if (value instanceof Unreadable) return false;
  setValue<ParameterValues, ParameterName>(draft, name, value);
  return true;
}

function writeOne(draft: object, name: ParameterName): string | Unreadable {
  return has<ParameterValues, ParameterName>(draft, name)
    ? lineForm(name).write(draft[name])
    : new Unreadable('is missing');
}

function isFinished(draft: LineDraft): draft is LineMessage {
  return lineWords[draft.word].parameters.every((name) => name in draft);
}
