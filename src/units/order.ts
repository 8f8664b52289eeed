/** Orders of text that the order of UTF-16 code units, which `<` and `sort` go by, is not. */
import { encodeText } from './text.ts';

/** Anything from here on may order differently by UTF-16 code units than by code points or bytes. */
const high = /[\ud800-\uffff]/;

/** Compares texts by their code points: below 0 when the left one comes first, 0 when they are the same. */
export function compareCodePoints(left: string, right: string): number {
  if (left === right) return 0;
  if (!high.test(left) || !high.test(right)) return left < right ? -1 : 1;
  const [lefts, rights] = [Array.from(left), Array.from(right)];
  for (const [index, character] of lefts.entries()) {
    const other = rights[index];
    if (other === undefined) return 1;
    const difference = (character.codePointAt(0) ?? 0) - (other.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return lefts.length - rights.length;
}

/** Whether a text can come elsewhere by {@link compareBytes} than by its UTF-16 code units. */
export function needsBytes(text: string): boolean {
  return high.test(text);
}

/**
 * Compares texts by the bytes that they stand for, undecodable ones included: below 0 when the left one
 * comes first, 0 when they are the same.
 */
export function compareBytes(left: string, right: string): number {
  if (left === right) return 0;
  if (!high.test(left) && !high.test(right)) return left < right ? -1 : 1;
  const [lefts, rights] = [encodeText(left), encodeText(right)];
  const length = Math.min(lefts.length, rights.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (lefts[index] ?? 0) - (rights[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return lefts.length - rights.length;
}
