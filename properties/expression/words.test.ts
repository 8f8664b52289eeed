import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recogniseText, recogniseWord, splitWords } from '../../src/expression/parse/tokens.ts';
import { expressionTexts, roughTexts } from '../arbitraries/expressions.ts';
import { texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

test('words split off and recognised one by one are those that the grammar finds in the text', () => {
  check(
    fc.property(fc.oneof(expressionTexts, roughTexts, texts), (text) => {
      const words = splitWords(text).map(({ text, start }) => ({
        text,
        start,
        word: recogniseWord(text),
      }));

      expect(words).toEqual(recogniseText(text));
    }),
    1000,
  );
});
