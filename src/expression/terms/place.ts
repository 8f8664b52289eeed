/** Where in a text something is, for people: line, column, and the line with a caret under it. */
import { visible, widthOf } from './visible.ts';

/** A range of a text, in UTF-16 code units: `text.slice(start, end)`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where in a text something is, for people. */
export interface Place {
  /** From 1; lines end at LF. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  readonly excerpt: Excerpt;
}

/** The part of a line that is worth showing. */
export interface Excerpt {
  /** Every character of it can be shown; `…` stands where the line was cut. */
  readonly text: string;
  /** Spaces and carets to be shown under it. */
  readonly carets: string;
}

/** How much of a line is shown before and from the start of the span, in characters. */
const shownBeforeMax = 48;
const shownFromMax = 64;

/** The place of a span in a text. Cost: linear in the text. */
export function placeIn(text: string, { start, end }: Span): Place {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = endOfLine(text, start);
  return {
    line: countLines(text, lineStart),
    column: Array.from(text.slice(lineStart, start)).length + 1,
    excerpt: excerptOf(text, { lineStart, lineEnd }, { start, end: Math.min(end, lineEnd) }),
  };
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function countLines(text: string, lineStart: number): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1)) {
    count += 1;
  }
  return count;
}

function excerptOf(
  text: string,
  { lineStart, lineEnd }: { lineStart: number; lineEnd: number },
  { start, end }: Span,
): Excerpt {
  const before = Array.from(text.slice(Math.max(lineStart, start - 2 * shownBeforeMax), start));
  const from = Array.from(text.slice(start, Math.min(lineEnd, start + 2 * shownFromMax)));
  const marked = Array.from(text.slice(start, Math.min(end, start + 2 * shownFromMax))).length;
  const shownBefore = before.slice(-shownBeforeMax).map(visible);
  const shownFrom = from.slice(0, shownFromMax).map(visible);
  const isCutBefore = start - lineStart > before.slice(-shownBeforeMax).join('').length;
  const isCutAfter = lineEnd - start > from.slice(0, shownFromMax).join('').length;
  const ahead = (isCutBefore ? '…' : '') + shownBefore.join('');
  const under = shownFrom.slice(0, marked);
  return {
    text: ahead + shownFrom.join('') + (isCutAfter ? '…' : ''),
    carets: ' '.repeat(width(Array.from(ahead))) + '^'.repeat(Math.max(1, width(under))),
  };
}

function width(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + widthOf(character), 0);
}
