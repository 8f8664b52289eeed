import { expect, test } from 'vitest';
import { arrivedBytes } from '../../../src/simulation/transfers/transfer.ts';

test('what came on an earlier try is there from the beginning to the end of the next', () => {
  const transfer = { hadBytes: 3, bytes: 10, startMs: 100, endMs: 200 };
  const parts = { kind: 'get', file: 0, key: 0, route: [0, 1], ...transfer } as const;

  expect([50, 100, 159, 200, 300].map((ms) => arrivedBytes(parts, ms))).toEqual([3, 3, 8, 13, 13]);
});
