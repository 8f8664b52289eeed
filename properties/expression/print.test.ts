import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseExpression,
  printExpression,
  treeJson,
  type Expression,
} from '../../src/expression/index.ts';
import { everyTermText, expressionTexts, roughTexts } from '../arbitraries/expressions.ts';
import { treeOf, treesOf } from '../arbitraries/trees.ts';
import { check } from '../settings.ts';

test('a printed tree of any shape parses to the same tree', () => {
  check(
    fc.property(treesOf(everyTermText), (tree) => {
      expect(shapeOf(treeOf(printExpression(tree)))).toBe(shapeOf(tree));
    }),
    2000,
  );
});

test('the tree of any text, printed, parses to the same tree', () => {
  let parsedCount = 0;

  check(
    fc.property(fc.oneof(expressionTexts, roughTexts), (text) => {
      const parsed = parseExpression(text);
      if (parsed.kind === 'problems') return;
      parsedCount += 1;
      const printed = printExpression(parsed.tree);
      expect(shapeOf(treeOf(printed))).toBe(shapeOf(parsed.tree));
      expect(printExpression(treeOf(printed))).toBe(printed);
    }),
    1000,
  );

  // Rough texts parse seldom; the others always.
  expect(parsedCount).toBeGreaterThan(300);
});

test('no pair of parentheses of a printed tree can be left out', () => {
  check(
    fc.property(treesOf(everyTermText), (tree) => {
      const printed = printExpression(tree);

      for (const shorter of withoutOnePair(printed)) {
        expect(shapeOf(treeOf(shorter))).not.toBe(shapeOf(tree));
      }
    }),
    500,
  );
});

/** The texts that lack one pair of parentheses each. */
function withoutOnePair(text: string): readonly string[] {
  const open: number[] = [];
  const texts: string[] = [];
  for (const { 0: mark, index } of text.matchAll(/[()]/g)) {
    if (mark === '(') open.push(index);
    else {
      const start = open.pop() ?? 0;
      texts.push(
        `${text.slice(0, start)} ${text.slice(start + 1, index)} ${text.slice(index + 1)}`,
      );
    }
  }
  return texts;
}

/** A tree without the places of its terms, which printing moves. */
function shapeOf(tree: Expression): string {
  return treeJson(tree).replaceAll(/"span":\{[^}]*\}/g, '"span":{}');
}
