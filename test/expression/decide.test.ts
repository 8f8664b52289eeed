import { describe, expect, test } from 'vitest';
import {
  areEquivalent,
  decidedAtomsMax,
  isAlways,
  isNever,
  parseExpression,
  subsumes,
  type Expression,
} from '../../src/expression/index.ts';

describe('proves that expressions are equivalent', () => {
  test.each([
    ['not (include=a and present)', 'not include=a or not present'],
    ['exclude=a', 'not include=a'],
    ['smallerthan=1kb and largerthan=1kb', 'nothing'],
    ['largerthan=9', 'not smallerthan=10'],
    ['copies=backup:1 or copies=backup:2', 'copies=backup:1'],
    ['copies=backup:1', 'copies=backup=1'],
    ['copies=1 or copies=a+b=2', 'copies=1'],
    ['copies=a+b=2', 'copies=b+a=2'],
    ['copies=semitrusted+:2 and copies=2', 'copies=semitrusted+:2'],
    ['lackingcopies=2 or lackingcopies=1', 'lackingcopies=1'],
    ['include=*.flac and include=*', 'include=**.flac'],
    ['inbackend=WORM and inbackend=URL', 'not anything'],
    ['not present', 'not balanced=a'],
    ['include=a and (copies=1 or copies=2)', 'copies=1 and include=a'],
  ])('%s, and %s', (left, right) => {
    expect(areEquivalent(treeOf(left), treeOf(right))).toEqual({ kind: 'proved' });
  });
});

test('shows where two expressions differ', () => {
  const decision = areEquivalent(
    treeOf('copies=a:2 and exclude=x'),
    treeOf('copies=a:1 and exclude=x'),
  );

  expect(decision).toEqual({
    kind: 'notProved',
    counterexample: [
      { says: 'copies=a:2', isTrue: false },
      { says: 'exclude=x', isTrue: true },
      { says: 'copies=a:1', isTrue: true },
    ],
  });
});

test('takes unstable terms under not for what git-annex makes of them', () => {
  expect(isNever(treeOf('anything or not present')).kind).toBe('proved');
  expect(isAlways(treeOf('anything or not present')).kind).toBe('notProved');
  expect(isAlways(treeOf('present or not not anything')).kind).toBe('proved');
  expect(isNever(treeOf('not groupwanted and groupwanted')).kind).toBe('notProved');
  expect(areEquivalent(treeOf('not not standard'), treeOf('standard')).kind).toBe('proved');
});

test.each([
  ['groupwanted and nothing', 'nothing and groupwanted'],
  ['include=[a and nothing', 'nothing'],
])('does not take %s for %s, since a glob may stop git-annex', (left, right) => {
  expect(areEquivalent(treeOf(left), treeOf(right)).kind).toBe('notProved');
});

test('takes an empty expression for one that is not configured', () => {
  expect(isAlways(treeOf('')).kind).toBe('notProved');
  expect(isAlways(treeOf('or')).kind).toBe('proved');
  expect(areEquivalent(treeOf(''), treeOf('anything')).kind).toBe('notProved');
});

test('knows which of two expressions matches more', () => {
  expect(subsumes(treeOf('copies=1'), treeOf('copies=a:1')).kind).toBe('proved');
  expect(subsumes(treeOf('copies=a:1'), treeOf('copies=1')).kind).toBe('notProved');
});

test('gives up on more questions than it can try', () => {
  const terms = Array.from({ length: decidedAtomsMax + 1 }, (_, index) => `include=${index}`);

  expect(isNever(treeOf(terms.join(' and '))).kind).toBe('unknown');
  expect(isNever(treeOf(terms.slice(1).join(' and '))).kind).toBe('notProved');
});

describe('answers soon, whatever it is given', () => {
  // No text of this length parses; a tool may build the tree itself.
  const repeat = (texts: readonly string[], joins: readonly ('and' | 'or')[]): Expression => {
    const operands = texts.map(treeOf);
    let tree = treeOf('anything');
    for (let index = 0; index < 100_000; index += 1) {
      const right = operands[index % operands.length] ?? tree;
      tree = { kind: joins[index % joins.length] ?? 'and', left: tree, right };
    }
    return tree;
  };

  test('a chain of 100,000 different terms is too many questions', () => {
    const texts = Array.from({ length: 100 }, (_, index) => `include=${index}`);

    expect(isNever(repeat(texts, ['or'])).kind).toBe('unknown');
  });

  test('a chain of 100,000 terms about few things is decided where few tries do', () => {
    const texts = ['include=a', 'exclude=a'];

    expect(isNever(repeat(texts, ['and'])).kind).toBe('proved');
    expect(isAlways(repeat(texts, ['or'])).kind).toBe('proved');
  });

  test('and given up where many would be needed', () => {
    const texts = Array.from(
      { length: 19 },
      (_, index) => `(include=${index} or exclude=${index})`,
    );

    expect(isAlways(repeat(texts, ['and'])).kind).toBe('unknown');
  });
});

function treeOf(text: string): Expression {
  const parsed = parseExpression(text);
  if (parsed.kind === 'problems') throw new Error(`does not parse: ${text}`);
  return parsed.tree;
}
