/** What stands before and after the first blank of a line; no second part when there is none. */
export function cutWord(text: string): readonly [string, string | undefined] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** A whole number that a program names. */
export function wholeNumberOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
