import { expect, test } from 'vitest';
import { RecentCache } from '../../src/expression/parse/recent-cache.ts';

test('what was asked for lately is kept, and never more than the bound', () => {
  const kept = new RecentCache<number>(4);

  for (let number = 0; number < 10; number += 1) {
    kept.set(`n${number}`, number);
    expect(kept.get('n0')).toBe(0);
  }

  const found = Array.from({ length: 10 }, (_, number) => kept.get(`n${number}`) ?? -1);
  expect(found.filter((number) => number >= 0).length).toBeLessThanOrEqual(4);
  expect(found).toContain(9);
});

test('of what weighs more, less is kept, and always what came last', () => {
  const kept = new RecentCache<number>(12, (name) => name.length);
  const names = ['aaaaaa', 'b', 'c', 'dddddd', 'e', 'ffffff'];

  for (const name of names) {
    kept.set(name, 1);
    expect(kept.get(name)).toBe(1);
  }

  expect(names.filter((name) => kept.get(name) !== undefined)).toEqual(['e', 'ffffff']);
});

test('what nobody asked for is let go', () => {
  const kept = new RecentCache<number>(4);

  for (let number = 0; number < 10; number += 1) kept.set(`n${number}`, number);

  expect(kept.get('n5')).toBeUndefined();
});
