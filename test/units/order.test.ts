import { expect, test } from 'vitest';
import { compareBytes, compareCodePoints, decodeText, encodeText } from '../../src/units/index.ts';

/** Characters around every border: of ASCII, of surrogates, of undecodable bytes, of the first plane. */
const characters = [
  ...['a', 'b', '\u00e4', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'],
  decodeText(Uint8Array.of(0x80)),
  decodeText(Uint8Array.of(0xff)),
];
const texts = characters.flatMap((first) => ['', ...characters].map((second) => first + second));
const pairs = texts.flatMap((left) => texts.map((right) => [left, right] as const));

test('compareBytes orders texts as the bytes that they stand for', () => {
  const wrong = pairs.filter(([left, right]) => {
    const order = Buffer.compare(encodeText(left), encodeText(right));
    return Math.sign(compareBytes(left, right)) !== order;
  });

  expect(wrong).toEqual([]);
});

test('compareCodePoints orders texts character by character', () => {
  const numbers = (text: string): readonly number[] =>
    Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const wrong = pairs.filter(([left, right]) => {
    const [ours, theirs] = [numbers(left), numbers(right)];
    const at = ours.findIndex((number, index) => number !== theirs[index]);
    const order = at < 0 ? ours.length - theirs.length : (ours[at] ?? 0) - (theirs[at] ?? -1);
    return Math.sign(compareCodePoints(left, right)) !== Math.sign(order);
  });

  expect(wrong).toEqual([]);
});
