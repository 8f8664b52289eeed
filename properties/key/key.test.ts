import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyFile, parseKey, parseKeyFile, serializeKey } from '../../src/key/index.ts';
import { keys, texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

test('a key comes back from its text', () => {
  check(
    fc.property(keys, (key) => {
      expect(parseKey(serializeKey(key))).toEqual(key);
    }),
  );
});

test('a key comes back from its file name, which never holds a slash', () => {
  check(
    fc.property(keys, (key) => {
      expect(parseKeyFile(keyFile(key))).toEqual(key);
      expect(keyFile(key)).not.toContain('/');
    }),
  );
});

test('any text is a key that comes back, or none', () => {
  check(
    fc.property(texts, (text) => {
      const key = parseKey(text);
      const again = key === undefined ? undefined : parseKey(serializeKey(key));

      expect(again).toEqual(key);
    }),
  );
});
