import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dialects, parseExpression, type Expression } from '../../src/expression/index.ts';
import {
  expressionTexts,
  roughTexts,
  termShapes,
  wordSequences,
} from '../arbitraries/expressions.ts';
import { texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';
import { secondParse, type SecondParse, type Shape } from './second-parser.ts';

const someDialects = fc.constantFrom(...Object.values(dialects));

test('two parsers of two grammars read any text alike, in every dialect', () => {
  const seen = { tree: 0, badWords: 0 };

  check(
    fc.property(
      fc.oneof(expressionTexts, wordSequences, roughTexts, texts),
      someDialects,
      (text, dialect) => {
        const second = secondParse(text, dialect.day);
        seen[second.kind] += 1;

        expect(firstParse(text, dialect)).toEqual(second);
      },
    ),
    2000,
  );

  expect(Math.min(seen.tree, seen.badWords)).toBeGreaterThan(0.1 * (seen.tree + seen.badWords));
});

test('both read a tree back that was printed with all its parentheses', () => {
  check(
    fc.property(termShapes, (tree) => {
      const text = printed(tree);

      expect(firstParse(text, dialects.newest)).toEqual({ kind: 'tree', tree });
      expect(secondParse(text, dialects.newest.day)).toEqual({ kind: 'tree', tree });
    }),
    1000,
  );
});

/** What src/expression says of a text, in the words of the second parser. */
function firstParse(text: string, dialect: (typeof dialects)['newest']): SecondParse {
  const parsed = parseExpression(text, dialect);
  if (parsed.kind === 'expression') return { kind: 'tree', tree: shapeOf(parsed.tree) };
  // A problem may point at a part of its word.
  const starts = parsed.problems.map(({ span }) => wordStart(text, span.start));
  return { kind: 'badWords', starts };
}

function wordStart(text: string, index: number): number {
  const before = /[^()\t-\r \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*$/.exec(
    text.slice(0, index),
  );
  return index - (before?.[0].length ?? 0);
}

function shapeOf(tree: Expression): Shape {
  switch (tree.kind) {
    case 'any':
      return 'ANY';
    case 'term':
      return { term: tree.text };
    case 'not':
      return ['not', shapeOf(tree.operand)];
    default:
      return [tree.kind, shapeOf(tree.left), shapeOf(tree.right)];
  }
}

function printed(tree: Shape): string {
  if (tree === 'ANY') return '()';
  if ('term' in tree) return tree.term;
  if (tree[0] === 'not') return `not (${printed(tree[1])})`;
  return `(${printed(tree[1])}) ${tree[0]} (${printed(tree[2])})`;
}
