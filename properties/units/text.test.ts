import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob, decodeText, encodeText } from '../../src/units/index.ts';
import { texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

test('any bytes come back from their text', () => {
  check(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(encodeText(decodeText(bytes))).toEqual(bytes);
    }),
  );
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
