import { describe, expect, test } from 'vitest';
import {
  any,
  nestingMax,
  parseExpression,
  printExpression,
  treeJson,
  type Expression,
} from '../../src/expression/index.ts';

describe('prints with the parentheses that are needed', () => {
  test.each([
    ['(present)', 'present'],
    ['((a and b) or c) and d', 'a and b or c and d'],
    ['a or (b and c)', 'a or (b and c)'],
    ['a b or c', 'a and b or c'],
    ['a (b or c)', 'a and (b or c)'],
    ['(a (b or c))', 'a and b or c'],
    ['a and (b and c)', 'a and (b and c)'],
    ['not (not a)', 'not not a'],
    ['not(a or b)c', 'not (a or b) and c'],
    ['(not a) or b', 'not a or b'],
  ])('%s', (text, printed) => {
    expect(printExpression(treeOf(withTerms(text)))).toBe(withTerms(printed));
  });
});

describe('prints what is missing as missing', () => {
  test.each([
    ['', ''],
    ['and', ''],
    ['or', 'or'],
    ['a or', 'a or'],
    ['or a', 'or a'],
    ['(a or) and b', 'a or () and b'],
    ['not', 'not'],
    ['not () a', 'not () and a'],
    ['not or a', 'not or a'],
    ['(() and ()) and (() and ())', '(and) and and'],
    ['(() and ()) and a', '(and) and a'],
    ['a and (and) and b', 'a and (and) and b'],
  ])('%s', (text, printed) => {
    expect(printExpression(treeOf(withTerms(text)))).toBe(withTerms(printed));
  });
});

test('prints a tree that nests as deep as the parser goes so that it can be parsed again', () => {
  const text = 'not or '.repeat(nestingMax / 2);

  const printed = printExpression(treeOf(text));

  expect(treeJson(treeOf(printed))).toBe(treeJson(treeOf(text)));
});

test('prints a chain as long as one likes', () => {
  let tree: Expression = any;
  for (let index = 0; index < 50_000; index += 1) tree = { kind: 'or', left: tree, right: any };

  expect(printExpression(tree)).toHaveLength('or () '.length * 50_000 - ' () '.length);
});

/** The letters a to d stand for terms. */
function withTerms(text: string): string {
  return text.replaceAll(/\b[abcd]\b/g, (letter) => `include=${letter}`);
}

function treeOf(text: string): Expression {
  const parsed = parseExpression(text);
  if (parsed.kind === 'problems') throw new Error(`does not parse: ${text}`);
  return parsed.tree;
}
