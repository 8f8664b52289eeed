import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modelTree } from '../../models/preferred-content-tree.ts';
import { parseExpression, type Expression } from '../../src/expression/index.ts';
import { expressionTexts, wordSequences } from '../arbitraries/expressions.ts';
import { texts } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

test('the tree of any arrangement of words is that of the model', () => {
  check(
    fc.property(fc.oneof(expressionTexts, wordSequences), (text) => {
      const parsed = parseExpression(text);

      expect(parsed.kind === 'expression' ? shapeOf(parsed.tree) : parsed).toEqual(modelTree(text));
    }),
    1000,
  );
});

test('any text is a tree, or problems that point into it', () => {
  check(
    fc.property(texts, (text) => {
      const parsed = parseExpression(text);
      if (parsed.kind === 'expression') return;
      for (const { span } of parsed.problems) {
        expect(span.start).toBeLessThan(span.end);
        expect(span.end).toBeLessThanOrEqual(text.length);
      }
    }),
  );
});

function shapeOf(tree: Expression): ReturnType<typeof modelTree> {
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
