import { describe, expect, test } from 'vitest';
import {
  changedTerms,
  compareDialects,
  dialects,
  isAtLeast,
  parseDialect,
} from '../../src/expression/index.ts';

describe('a version of git-annex', () => {
  test.each([
    ['10.20250416', '10.20250416'],
    ['10.20250416-g1a2b3c', '10.20250416'],
    ['10.20250416-2+deb13u1', '10.20250416'],
    ['10.20260901.1', '10.20260901'],
    ['6.20170228', '6.20170228'],
  ])('%s is the dialect %s', (text, version) => {
    expect(parseDialect(text)?.version).toBe(version);
  });

  test.each([
    '',
    '10',
    '10.2025',
    'newest',
    '10.20250416x',
    'x10.20250416',
    `10.${'2'.repeat(100)}`,
  ])('%j is none', (text) => {
    expect(parseDialect(text)).toBeUndefined();
  });
});

test('versions are ordered by number first, then by day', () => {
  const texts = ['10.20261026', '3.20121009', '10.20250416', '8.20210903', '10.20250721'];
  const parsed = texts.map(parseDialect).filter((dialect) => dialect !== undefined);

  expect(parsed.toSorted(compareDialects).map(({ version }) => version)).toEqual([
    '3.20121009',
    '8.20210903',
    '10.20250416',
    '10.20250721',
    '10.20261026',
  ]);
  expect(isAtLeast(dialects.newest, dialects.url)).toBe(true);
  expect(isAtLeast(dialects.url, dialects.url)).toBe(true);
  expect(isAtLeast(dialects.reference, dialects.url)).toBe(false);
});

describe('between 10.20250416 and 10.20261026', () => {
  const changed = (text: string): readonly string[] =>
    changedTerms(text, { from: dialects.reference, to: dialects.newest }).map(({ text }) => text);

  test.each([
    'copies=3=1',
    'copies=1=3',
    'lackingcopies=1:2',
    'lackingcopies=1=2',
    'largerthan=1qb',
  ])('%s changed its meaning', (text) => {
    expect(changed(`present or (not ${text})`)).toEqual([text]);
  });

  test.each([
    'copies=a:1',
    'copies=a:1=0',
    'balanced=g:2',
    'url=*',
    'copies=2=x',
    'metadata=a=b=c',
  ])('%s did not, or one of them refuses it', (text) => {
    expect(changed(text)).toEqual([]);
  });
});
