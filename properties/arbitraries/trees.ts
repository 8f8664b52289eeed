import fc from 'fast-check';
import { any, parseExpression, type Expression } from '../../src/expression/index.ts';

/** The tree of a text that parses. */
export function treeOf(text: string): Expression {
  const parsed = parseExpression(text);
  if (parsed.kind === 'problems') throw new Error(`does not parse: ${text}`);
  return parsed.tree;
}

/** Trees of these terms in every arrangement, missing operands in all places among them. */
export function treesOf(terms: fc.Arbitrary<string>): fc.Arbitrary<Expression> {
  return fc.letrec<{ whole: Expression }>((tie) => ({
    whole: fc.oneof(
      { depthSize: 'small' },
      { weight: 3, arbitrary: terms.map(treeOf) },
      { weight: 1, arbitrary: fc.constant(any) },
      tie('whole').map((operand): Expression => ({ kind: 'not', operand })),
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom('and', 'or'), tie('whole'), tie('whole'))
          .map(([kind, left, right]): Expression => ({ kind, left, right })),
      },
    ),
  })).whole;
}
