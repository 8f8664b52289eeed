import { isWhiteSpace } from '../../units/index.ts';
import { alt_sc, tok, type Parser, type Token, type TokenPosition } from 'typescript-parsec';

/** What a word can be to the grammar; every word can be a name, too. */
export type WordKind = 'arrow' | 'word';

/** A word of a command line, with those behind it, as parsers are given it. */
export type CommandWord = Token<WordKind>;

/** Any word at all, an arrow too: names are not checked. */
export const anyWord: Parser<WordKind, CommandWord> = alt_sc(
  tok<WordKind>('word'),
  tok<WordKind>('arrow'),
);

const arrows: ReadonlySet<string> = new Set(['->', '<-', '<->']);

/**
 * A word of a line, made here rather than by the lexer of the library: lines are split at white space
 * and nowhere else, and a million of them are read in seconds.
 */
export function wordAt(text: string, index: number, next: CommandWord | undefined): CommandWord {
  const columnBegin = index + 1;
  const columnEnd = columnBegin + text.length;
  const pos: TokenPosition = { index, rowBegin: 1, columnBegin, rowEnd: 1, columnEnd };
  return { kind: arrows.has(text) ? 'arrow' : 'word', text, pos, next };
}

/** The words of a line: the first one, from which the others follow. */
export function splitLine(line: string): CommandWord | undefined {
  let first: CommandWord | undefined;
  let end = -1;
  // From the right, since a word holds the next one.
  for (let index = line.length - 1; index >= -1; index -= 1) {
    const isBlank = index < 0 || isBlankCode(line, index);
    if (isBlank && end >= 0) {
      first = wordAt(line.slice(index + 1, end), index + 1, first);
      end = -1;
    } else if (!isBlank && end < 0) end = index + 1;
  }
  return first;
}

function isBlankCode(line: string, index: number): boolean {
  const code = line.charCodeAt(index);
  if (code > 0x20 && code < 0xa0) return false;
  return isWhiteSpace(line.charAt(index));
}

/** The words of a command line, which are parted already. */
export function wordsOf(texts: readonly string[]): CommandWord | undefined {
  let first: CommandWord | undefined;
  let index = texts.reduce((sum, text) => sum + text.length + 1, 0);
  for (const text of texts.toReversed()) {
    index -= text.length + 1;
    first = wordAt(text, index, first);
  }
  return first;
}

/** The texts of all words from one on. */
export function textsFrom(word: CommandWord | undefined): readonly string[] {
  const texts: string[] = [];
  for (let each = word; each !== undefined; each = each.next) texts.push(each.text);
  return texts;
}

/** Words from right to left, each with its place. */
export function reversed(word: CommandWord | undefined): CommandWord | undefined {
  let last: CommandWord | undefined;
  for (let each = word; each !== undefined; each = each.next) {
    last = { kind: each.kind, text: each.text, pos: each.pos, next: last };
  }
  return last;
}

/** How much of a word is quoted, in characters. */
const quotedMax = 80;

/** A word as messages show it: one that is very long only by its beginning. */
export function quotedText(text: string): string {
  const beginning = Array.from(text.slice(0, 2 * quotedMax))
    .slice(0, quotedMax)
    .join('');
  return `${JSON.stringify(beginning)}${beginning.length < text.length ? '…' : ''}`;
}

/** The column of a word in a line, from 1; that of the line's first word when it is not there. */
export function columnOf(line: string, word: string): number {
  let column = 1;
  for (let each = splitLine(line); each !== undefined; each = each.next) {
    if (each.text === word) return Array.from(line.slice(0, each.pos.index)).length + 1;
  }
  while (isWhiteSpace(line.charAt(column - 1))) column += 1;
  return column;
}
