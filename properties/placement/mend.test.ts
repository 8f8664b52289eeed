import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  mendConfiguration,
  required,
  wanted,
  wouldRequireIfAbsent,
  wouldWantIfAbsent,
} from '../../src/placement/index.ts';
import { moments } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

test('whatever is mended, everybody wants what they wanted before', () => {
  let mended = 0;

  check(
    fc.property(moments(), ({ world, item, repositories }) => {
      const { mends, configuration } = mendConfiguration(world.configuration);
      mended += mends.length;
      const after = { ...world, configuration };
      for (const ask of [wanted, wouldWantIfAbsent, required, wouldRequireIfAbsent]) {
        for (const unset of [true, false]) {
          const answers = (moment: typeof world): readonly boolean[] =>
            repositories.map((each) => ask(each, item, moment, unset));
          expect(answers(after)).toEqual(answers(world));
        }
      }
    }),
    400,
  );

  expect(mended).toBeGreaterThan(200);
});

test('what is mended once shows nothing more to mend', () => {
  check(
    fc.property(moments(), ({ world }) => {
      const { configuration } = mendConfiguration(world.configuration);

      expect(mendConfiguration(configuration).mends).toEqual([]);
    }),
    150,
  );
});
