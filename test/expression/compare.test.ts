import { describe, expect, test } from 'vitest';
import {
  areExclusive,
  areInterchangeable,
  compareExpressions,
  parseExpression,
  type Expression,
} from '../../src/expression/index.ts';

function treeOf(text: string): Expression {
  const parsed = parseExpression(text);
  if (parsed.kind === 'problems') throw new Error(`${text} does not parse`);
  return parsed.tree;
}

describe('compares two expressions', () => {
  test.each([
    ['exclude=a', 'not include=a', 'equal'],
    ['', ' ', 'equal'],
    ['nothing', 'include=a', 'implies'],
    ['include=a', 'anything', 'implies'],
    ['copies=1', 'copies=2', 'impliedBy'],
    ['present', 'not present', 'impliedBy'],
    ['smallerthan=1kb', 'largerthan=2kb', 'contradictory'],
    ['unused', 'include=a', 'contradictory'],
    ['include=a', 'include=b', 'neither'],
    ['', 'anything', 'implies'],
  ] as const)('%s and %s: %s', (first, second, relation) => {
    expect(compareExpressions(treeOf(first), treeOf(second)).relation).toBe(relation);
  });

  test('tells where they part, and where both match, as far as that can be', () => {
    expect(compareExpressions(treeOf('unused'), treeOf('include=a'))).toEqual({
      relation: 'contradictory',
      onlyFirst: [
        { says: 'include=a', isTrue: false },
        { says: 'unused', isTrue: true },
      ],
      onlySecond: [
        { says: 'unused', isTrue: false },
        { says: 'include=a', isTrue: true },
      ],
      both: undefined,
    });
  });

  test('proves nothing of expressions that ask too much', () => {
    const many = Array.from({ length: 30 }, (_, index) => `include=${index}`);
    const [all, some] = [treeOf(many.join(' and ')), treeOf(many.join(' or '))];

    expect(compareExpressions(all, some).relation).toBe('unknown');
    expect(areExclusive(all, some)).toEqual({ kind: 'unknown' });
  });
});

test.each([
  ['(include=a)', 'include=a', true],
  ['include=a and include=a', 'include=a', true],
  ['include=a and exclude=a', 'nothing', true],
  ['include=a', 'include=b', false],
  // Equal by themselves; beside required content the first may make all of it unused.
  ['not standard and nothing', 'nothing', false],
  ['not present', 'nothing', false],
  ['', 'anything', false],
])('%s in the place of %s: %s', (left, right, expected) => {
  expect(areInterchangeable(treeOf(left), treeOf(right))).toBe(expected);
});
