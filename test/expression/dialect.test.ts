import { describe, expect, test } from 'vitest';
import { compareDialects, dialects, isAtLeast, parseDialect } from '../../src/expression/index.ts';

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
