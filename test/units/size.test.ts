import { expect, test } from 'vitest';
import { parseSize, sizeTextLengthMax } from '../../src/units/index.ts';
import { readGoldenLines } from '../golden/read-golden.ts';

interface GoldenSize {
  readonly size: string;
  readonly bytes: string | null;
}

const sizes = readGoldenLines('sizes.jsonl', (line): GoldenSize => JSON.parse(line));

test('reads sizes as `git annex maxsize` does, in all 260 cases', () => {
  const ours = sizes.map(({ size }) => ({ size, bytes: parseSize(size)?.toString() ?? null }));

  expect(ours).toEqual(sizes);
  expect(ours.length).toBe(260);
});

test('refuses a text that is too long to be a size', () => {
  expect(parseSize('1'.repeat(sizeTextLengthMax + 1))).toBeUndefined();
});
