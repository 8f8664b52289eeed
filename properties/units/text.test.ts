import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob, decodeText, encodeText, hasUndecodableBytes } from '../../src/units/index.ts';
import { texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

test('any bytes come back from their text', () => {
  check(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(encodeText(decodeText(bytes))).toEqual(bytes);
    }),
  );
});

test('what a decoder of UTF-8 takes is text, and nothing else, after any two bytes', () => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const isValid = (bytes: Uint8Array): boolean => {
    try {
      decoder.decode(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const wrong: string[] = [];
  for (let first = 0; first <= 0xff; first += 1) {
    for (let second = 0; second <= 0xff; second += 1) {
      for (const rest of [[], [0x7f], [0x80], [0xbf, 0xc0], [0x80, 0xbf]]) {
        const bytes = Uint8Array.from([first, second, ...rest]);
        if (hasUndecodableBytes(decodeText(bytes)) === isValid(bytes)) wrong.push(String(bytes));
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('texts of different bytes are different', () => {
  check(
    fc.property(texts, texts, (left, right) => {
      expect(Buffer.compare(encodeText(left), encodeText(right)) === 0).toBe(left === right);
    }),
  );
});

test('a glob of stars and letters matches what a regular expression of the same does', () => {
  const meanings = new Map([
    ['*', '.*'],
    ['?', '.'],
    ['.', '[.]'],
    ['/', '[/]+'],
  ]);
  const letters = fc.constantFrom('a', 'b', '.', '/', '*', '?');
  const name = fc.array(fc.constantFrom('a', 'b', '.', '/', '\n', '😀'), { maxLength: 9 });

  check(
    fc.property(fc.array(letters, { maxLength: 7 }), name, (glob, characters) => {
      const pattern = glob.map((each) => meanings.get(each) ?? each).join('');
      const file = characters.join('');

      expect(compileGlob(glob.join(''), 'path').matches(file)).toBe(
        new RegExp(`^${pattern}$`, 'mu').test(file),
      );
    }),
    3000,
  );
});
