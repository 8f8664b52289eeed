import { plain } from '../../units/index.ts';

/** How much of a line is shown, and how much of that before the place itself; in characters. */
const shownMax = 100;
const beforeMax = 60;

/** The part of a line that a place is in, with a caret to be printed below it. */
export function excerptOf(
  text: string,
  place: { readonly line: number; readonly column: number },
): { readonly shown: string; readonly caret: string } {
  const characters = charactersAround(lineOf(text, place.line), place.column);
  const { from, shown } = characters;
  return { shown: plain(shown), caret: `${' '.repeat(place.column - 1 - from)}^` };
}

function charactersAround(
  line: string,
  column: number,
): { readonly from: number; readonly shown: string } {
  const characters = Array.from(line);
  const from = Math.max(0, column - 1 - beforeMax);
  return { from, shown: characters.slice(from, from + shownMax).join('') };
}

/** Line 0 is that of a command line: all of it. */
function lineOf(text: string, line: number): string {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const feed = text.indexOf('\n', start);
    if (feed < 0) return '';
    start = feed + 1;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end < 0 ? text.length : end).trimEnd();
}
