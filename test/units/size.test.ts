import { expect, test } from 'vitest';
import { parseSize } from '../../src/units/index.ts';
import { readGoldenLines } from '../golden/read-golden.ts';

interface GoldenSize {
  readonly size: string;
  readonly bytes: string | null;
}

const read = (line: string): GoldenSize => JSON.parse(line);

test.each([
  { name: 'sizes.jsonl', largeNumbers: 'cut' as const, count: 260 },
  { name: 'newest/sizes.jsonl', largeNumbers: 'nearest' as const, count: 80 },
])('reads sizes as `git annex maxsize` does, in all $count cases of $name', (golden) => {
  const sizes = readGoldenLines(golden.name, read);
  const ours = sizes.map(({ size }) => ({
    size,
    bytes: parseSize(size, golden.largeNumbers)?.toString() ?? null,
  }));

  expect(ours).toEqual(sizes);
  expect(ours.length).toBe(golden.count);
});

test('reads a size of any length, as git-annex does', () => {
  expect(parseSize(`1.${'0'.repeat(5000)}5kb`)).toBe(1000n);
  expect(parseSize(`${'0'.repeat(5000)}5kb`)).toBe(5000n);
  expect(parseSize(`1${' '.repeat(5000)}kb`)).toBe(1000n);
});
