import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modelMatch } from '../../models/preferred-content.ts';
import { wanted, wouldWantIfAbsent } from '../../src/placement/index.ts';
import { moments } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

test('the compiled evaluator gives the answers of the model', () => {
  let matched = 0;
  let asked = 0;

  check(
    fc.property(moments(), ({ world, item, repositories }) => {
      for (const repository of repositories) {
        const question = { repository, item, world };
        const get = wanted(repository, item, world);
        expect(get).toBe(modelMatch({ ...question, isGone: false }) ?? false);
        expect(wouldWantIfAbsent(repository, item, world, true)).toBe(
          modelMatch({ ...question, isGone: true }) ?? true,
        );
        asked += 1;
        if (get) matched += 1;
      }
    }),
    1000,
  );

  // The generator is only worth something when both answers are common.
  expect(matched / asked).toBeGreaterThan(0.2);
  expect(matched / asked).toBeLessThan(0.8);
});
