import { encodeText } from '../../units/index.ts';

/** Anything from here on may order differently by UTF-16 code units than by code points or bytes. */
const high = /[\ud800-\uffff]/;

/** Names in the order of their code points. */
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

/** Whether a name needs {@link compareBytes}. */
export function needsBytes(name: string): boolean {
  return high.test(name);
}

/** Names in the order of their bytes. */
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
