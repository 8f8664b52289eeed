import { encodeText, type Uuid } from '../../units/index.ts';

/** Orders UUIDs ascending by bytes, as picks need them (spec/expressions.md section 12.2). */
export function compareUuids(left: Uuid, right: Uuid): number {
  if (left === right) return 0;
  if (isAscii(left) && isAscii(right)) return left < right ? -1 : 1;
  return compareBytes(encodeText(left), encodeText(right));
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
