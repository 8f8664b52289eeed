/** Text of unknown make, shown on one line of a terminal. */

/** Longest word shown whole in a message, in characters. */
const wordLengthMax = 40;

/** A word in quotes, shortened, with everything that a terminal would not show made visible. */
export function quotedWord(word: string): string {
  const characters = Array.from(word.slice(0, 2 * wordLengthMax + 2));
  const isLong = characters.length > wordLengthMax;
  const shown = characters.slice(0, wordLengthMax).map(visible).join('');
  return `"${shown}${isLong ? '…' : ''}"`;
}

/**
 * A character (one code point) as it is shown: control characters as their pictures, what is no
 * character at all as U+FFFD, and blanks that look like spaces or like nothing as a mark.
 */
export function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u3164]/u.test(character) ? '\ufffd' : character;
}

/** Columns of a terminal that a character takes. */
export function widthOf(character: string): number {
  if (/^[\p{Mn}\p{Me}]$/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** East Asian scripts and pictographs, which terminals show twice as wide. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;
