/**
 * Simple case mapping: one character to one character, as Haskell and POSIX do it. JavaScript's own
 * mapping is the full one ("ß" becomes "SS"), so what it turns into several characters is settled
 * here.
 */

const letter = /^\p{L}$/u;

/** Whether the character (one code point) is a letter by its Unicode category. */
export function isLetter(character: string): boolean {
  return letter.test(character);
}

/** The character (one code point) in lower case. */
export function lowerSimple(character: string): string {
  if (character === 'İ') return 'i';
  const lower = character.toLowerCase();
  return isOneCharacter(lower) ? lower : character;
}

/** The character (one code point) in upper case. */
export function upperSimple(character: string): string {
  const upper = character.toUpperCase();
  return isOneCharacter(upper) ? upper : (iotaUppers.get(character) ?? character);
}

/**
 * Whether the character (one code point) is among the characters that stand for it where case is
 * ignored: its upper and its lower case form. Only the digraphs in title case, such as `ǅ`, are
 * neither.
 */
export function standsForItself(character: string): boolean {
  return (
    !isLetter(character) ||
    lowerSimple(character) === character ||
    upperSimple(character) === character
  );
}

/** The text with each character in lower case. */
export function lowerSimpleText(text: string): string {
  return text.includes('İ') ? Array.from(text, lowerSimple).join('') : text.toLowerCase();
}

function isOneCharacter(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
}

/**
 * Greek letters with iota subscript: the full mapping spells the iota out, the simple one does not.
 */
const iotaUppers: ReadonlyMap<string, string> = new Map(
  [
    ...[0x1f80, 0x1f90, 0x1fa0].flatMap((row) =>
      Array.from({ length: 8 }, (_, column) => [row + column, row + column + 8] as const),
    ),
    [0x1fb3, 0x1fbc] as const,
    [0x1fc3, 0x1fcc] as const,
    [0x1ff3, 0x1ffc] as const,
  ].map(([lower, upper]) => [String.fromCodePoint(lower), String.fromCodePoint(upper)]),
);
