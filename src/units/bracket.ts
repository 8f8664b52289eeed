import { isLetter, lowerSimple, standsForItself, upperSimple } from './letter-case.ts';

/** Which characters (code points) a bracket expression accepts. */
export type CharacterTest = (code: number) => boolean;

/** A bracket expression read from a regular expression. */
export interface Bracket {
  readonly accepts: CharacterTest;
  /** Index of the first character after the closing `]`. */
  readonly end: number;
}

const lineFeed = 10;
const asciiLength = 128;
type Range = readonly [first: number, last: number];

/** ASCII classes; `graph` really is as short as this (spec/expressions.md section 6.4). */
const classes: Readonly<Record<string, readonly Range[]>> = {
  alpha: [range('A', 'Z'), range('a', 'z')],
  digit: [range('0', '9')],
  alnum: [range('0', '9'), range('A', 'Z'), range('a', 'z')],
  upper: [range('A', 'Z')],
  lower: [range('a', 'z')],
  space: [range('\t', '\r'), range(' ', ' ')],
  blank: [range('\t', '\t'), range(' ', ' ')],
  punct: [range('!', '/'), range(':', '@'), range('[', '`'), range('{', '~')],
  xdigit: [range('0', '9'), range('A', 'F'), range('a', 'f')],
  cntrl: [range('\0', '\u001f'), range('\u007f', '\u007f')],
  print: [range(' ', '~')],
  word: [range('0', '9'), range('A', 'Z'), range('_', '_'), range('a', 'z')],
  graph: [range(')', '~')],
};

/**
 * The POSIX bracket expression that starts at `start`, where a `[` stands; `undefined` when it is
 * never closed or has a range backwards (spec/expressions.md section 6.4). A `\` is an ordinary
 * member. `ignoreCase` adds the other case of each letter, as metadata globs need.
 */
export function readBracket(
  characters: readonly string[],
  start: number,
  ignoreCase: boolean,
): Bracket | undefined {
  const isNegated = characters[start + 1] === '^';
  const ranges: Range[] = [];
  const first = start + (isNegated ? 2 : 1);
  let index = first;
  while (index === first || characters[index] !== ']') {
    if (index >= characters.length) return undefined;
    const named = readNamed(characters, index);
    if (named !== undefined) {
      ranges.push(...named.ranges);
      index = named.end;
      continue;
    }
    const low = codeAt(characters, index);
    const high = codeAt(characters, index + 2);
    const isRange = characters[index + 1] === '-' && high >= 0 && characters[index + 2] !== ']';
    if (isRange && high < low) return undefined;
    ranges.push([low, isRange ? high : low]);
    index += isRange ? 3 : 1;
  }
  return { accepts: testOf(ranges, { isNegated, ignoreCase }), end: index + 1 };
}

/** `[:class:]`, `[=x=]` or `[.x.]` inside a bracket expression. */
function readNamed(
  characters: readonly string[],
  start: number,
): { ranges: readonly Range[]; end: number } | undefined {
  const mark = characters[start + 1] ?? '';
  if (characters[start] !== '[' || !':=.'.includes(mark) || mark === '') return undefined;
  let end = start + 2;
  while (end < characters.length && characters[end] !== mark && characters[end] !== ']') end += 1;
  const isClosed = characters[end] === mark && characters[end + 1] === ']';
  if (!isClosed || end === start + 2) return undefined;
  const names = characters.slice(start + 2, end);
  return { ranges: namedRanges(mark, names), end: end + 2 };
}

function namedRanges(mark: string, names: readonly string[]): readonly Range[] {
  if (mark === '=') return names.map((name) => range(name, name));
  if (mark === ':') return classes[names.join('')] ?? [];
  return [];
}

function testOf(
  ranges: readonly Range[],
  { isNegated, ignoreCase }: { isNegated: boolean; ignoreCase: boolean },
): CharacterTest {
  const holds: CharacterTest = (code) =>
    ranges.some(([first, last]) => code >= first && code <= last);
  const member = ignoreCase ? withOtherCase(holds) : holds;
  let ascii: readonly boolean[] | undefined;
  const inSet: CharacterTest = (code) => {
    if (code >= asciiLength) return member(code);
    // Made when first asked: a glob may have a hundred thousand brackets that no name reaches.
    ascii ??= Array.from({ length: asciiLength }, (_, each) => member(each));
    return ascii[code] ?? false;
  };
  // "a negated bracket never matches LF" (spec/expressions.md section 6.4).
  return isNegated ? (code) => code !== lineFeed && !inSet(code) : inSet;
}

/** Each letter in the set is replaced by its upper and lower case forms. */
function withOtherCase(holds: CharacterTest): CharacterTest {
  return (code) =>
    (holds(code) && (code < 0x80 || standsForItself(String.fromCodePoint(code)))) ||
    (letterSources().get(code) ?? []).some((source) => holds(source));
}

let sources: ReadonlyMap<number, readonly number[]> | undefined;

/** The letters whose simple upper or lower case form is a character, by that character. */
function letterSources(): ReadonlyMap<number, readonly number[]> {
  sources ??= findLetterSources();
  return sources;
}

/** No letter with another case stands beyond this code point. */
const casedLetterMax = 0x1e943;

function findLetterSources(): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (let code = 0; code <= casedLetterMax; code += 1) {
    const character = String.fromCodePoint(code);
    if (character.toLowerCase() === character && character.toUpperCase() === character) continue;
    if (!isLetter(character)) continue;
    for (const form of [lowerSimple(character), upperSimple(character)]) {
      const target = form.codePointAt(0) ?? code;
      if (target !== code) found.set(target, [...(found.get(target) ?? []), code]);
    }
  }
  return found;
}

function range(first: string, last: string): Range {
  return [first.codePointAt(0) ?? 0, last.codePointAt(0) ?? 0];
}

function codeAt(characters: readonly string[], index: number): number {
  return characters[index]?.codePointAt(0) ?? -1;
}
