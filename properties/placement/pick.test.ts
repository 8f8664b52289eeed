import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pick } from '../../src/placement/index.ts';
import { repositoryUuids } from '../arbitraries/annexes.ts';
import { smallKeys } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

const some = fc.shuffledSubarray([...repositoryUuids], { minLength: 1 });

test('a pick is a function of the sets of members and candidates', () => {
  check(
    fc.property(
      some,
      smallKeys,
      fc.integer({ min: -1, max: 8 }),
      (members, { keyText }, number) => {
        const again = [...members.toReversed(), ...members];

        expect(pick({ members: again, candidates: again, keyText, number })).toEqual(
          pick({ members: members.toSorted(), keyText, number }),
        );
      },
    ),
  );
});

test('a larger number picks the same and more, up to everybody', () => {
  check(
    fc.property(some, smallKeys, fc.nat({ max: 8 }), (members, { keyText }, number) => {
      const fewer = pick({ members, keyText, number });
      const more = pick({ members, keyText, number: number + 1 });

      expect(more.slice(0, fewer.length)).toEqual(fewer);
      expect(fewer.length).toBe(Math.min(number, members.length));
    }),
  );
});
