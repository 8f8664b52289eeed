/**
 * White space as git-annex sees it: TAB to CR, SPACE, no-break space and Unicode category Zs
 * (spec/expressions.md section 2). U+0085, U+200B, U+2028 and U+2029 are not among it.
 */
const member = /[\t-\r \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

/** Whether the character is white space to git-annex. */
export function isWhiteSpace(character: string): boolean {
  return member.test(character);
}

/** The first index at or after `start` that does not hold white space. */
export function skipWhiteSpace(text: string, start: number): number {
  let index = start;
  while (index < text.length && member.test(text.charAt(index))) index += 1;
  return index;
}
