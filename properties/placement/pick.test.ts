/**
 * What the pick of the balanced terms does, and what it does not (spec/expressions.md section
 * 12.2). It begins at the hash of the key modulo the number of candidates, and the hash is keyed
 * with the names of all members. So it is no consistent hashing, and there are two laws of what
 * moves, not one:
 *
 * 1. Of the pick alone: one candidate exchanged for another in the same place of the order changes
 *    the picks of the one to the other, and no other pick. With one candidate fewer nearly all
 *    picks change, which is measured below: of m candidates, all but 1/m.
 * 2. Of `balanced`, which keeps what is there: who comes or is full moves nothing, and who goes
 *    moves what it held. `fullybalanced`, and `balanced` with `--rebalance`, promise nothing of the
 *    kind.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyHash, pick } from '../../src/placement/index.ts';
import type { Uuid } from '../../src/units/index.ts';
import { uuid } from '../../test/placement/annex.ts';
import { repositoryUuids } from '../arbitraries/annexes.ts';
import { smallKeys } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';
import { someOf } from '../../test/support/long.ts';

const some = fc.shuffledSubarray([...repositoryUuids], { minLength: 1 });
const numbers = fc.integer({ min: -1, max: 8 });

/** Members, and those of them with room, both in any order and some twice. */
const groups = some.chain((members) => {
  const candidates = fc.subarray(members);
  const untidy = (uuids: readonly Uuid[]): fc.Arbitrary<Uuid[]> =>
    fc
      .subarray([...uuids])
      .chain((again) => fc.shuffledSubarray([...uuids, ...again], { minLength: uuids.length }))
      .map((given) => given.concat(uuids));
  return candidates.chain((candidates) =>
    fc.record({
      members: fc.constant(members),
      candidates: fc.constant(candidates),
      untidyMembers: untidy(members),
      untidyCandidates: untidy(candidates),
    }),
  );
});

test('a pick is a function of the sets of members and candidates, whatever their order', () => {
  check(
    fc.property(groups, smallKeys, numbers, (group, { keyText }, number) => {
      const { members, candidates, untidyMembers, untidyCandidates } = group;

      expect(
        pick({ members: untidyMembers, candidates: untidyCandidates, keyText, number }),
      ).toEqual(
        pick({ members: members.toSorted(), candidates: candidates.toSorted(), keyText, number }),
      );
    }),
  );
});

test('a pick is of candidates, each once, as many as asked for and there are', () => {
  check(
    fc.property(groups, smallKeys, numbers, ({ members, candidates }, { keyText }, number) => {
      const picked = pick({ members, candidates, keyText, number });

      expect(picked.length).toBe(Math.max(0, Math.min(number, candidates.length)));
      expect(new Set(picked).size).toBe(picked.length);
      expect(candidates).toEqual(expect.arrayContaining([...picked]));
    }),
  );
});

test('a pick begins where the hash says, and goes on in the order of UUIDs', () => {
  check(
    fc.property(groups, smallKeys, ({ members, candidates }, { keyText }) => {
      fc.pre(candidates.length > 0);
      const ordered = candidates.toSorted();
      const first = keyHash(members.toSorted()).first(keyText, ordered.length);

      expect(pick({ members, candidates, keyText, number: ordered.length })).toEqual([
        ...ordered.slice(first),
        ...ordered.slice(0, first),
      ]);
    }),
  );
});

test('a larger number picks the same and more, up to everybody', () => {
  check(
    fc.property(some, smallKeys, fc.nat({ max: 8 }), (members, { keyText }, number) => {
      const fewer = pick({ members, keyText, number });
      const more = pick({ members, keyText, number: number + 1 });

      expect(more.slice(0, fewer.length)).toEqual(fewer);
    }),
  );
});

test('one candidate exchanged for its neighbour gives it the picks that the one had, no others', () => {
  let exchanged = 0;

  check(
    fc.property(groups, smallKeys, numbers, ({ members, candidates }, { keyText }, number) => {
      const ordered = members.toSorted();
      for (const [place, other] of ordered.entries()) {
        const one = ordered[place - 1];
        if (one === undefined || !candidates.includes(one) || candidates.includes(other)) continue;
        const others = candidates.map((each) => (each === one ? other : each));
        const before = pick({ members, candidates, keyText, number });

        expect(pick({ members, candidates: others, keyText, number })).toEqual(
          before.map((each) => (each === one ? other : each)),
        );
        if (before.includes(one)) exchanged += 1;
      }
    }),
  );

  expect(exchanged).toBeGreaterThan(50);
});

/** Keys as they come: of one backend, names one after the other. */
const keyTexts = Array.from({ length: 100_000 }, (_, index) => `SHA256E-s1000--file${index}.dat`);

const members = Array.from({ length: 10 }, (_, index) =>
  uuid(`${index}${'0'.repeat(7)}-0000-4000-8000-00000000000${index}`),
);

/**
 * What chi-square exceeds with probability 0.001, by degrees of freedom, from the tables. The keys
 * are fixed, so that each case has one answer for ever: an even pick had one chance in a thousand
 * to fail one when it was written. A pick that goes by the first byte of the hash alone, and so
 * prefers the lower of ten candidates by a twenty-fifth, comes to 42 where 27.9 are allowed.
 */
const chiSquareCritical: Readonly<Record<number, number>> = {
  1: 10.828,
  2: 13.816,
  3: 16.266,
  4: 18.467,
  6: 22.458,
  7: 24.322,
  9: 27.877,
};

function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, index) => {
    const even = expected[index] ?? 0;
    return sum + (count - even) ** 2 / even;
  }, 0);
}

/**
 * How far the number of keys that are so is from this share: chi-square of one degree of freedom.
 */
function offShare(count: number, share: number): number {
  const expected = [share, 1 - share].map((each) => each * keyTexts.length);
  return chiSquare([count, keyTexts.length - count], expected);
}

describe('100,000 keys are spread evenly', () => {
  test.each(someOf([2, 3, 4, 5, 7, 8, 10], 3))(
    'over %i candidates, by where a pick begins',
    (candidates) => {
      const hash = keyHash(members);
      const counts = Array.from({ length: candidates }, () => 0);
      for (const keyText of keyTexts) {
        const first = hash.first(keyText, candidates);
        counts[first] = (counts[first] ?? 0) + 1;
      }

      const even = counts.map(() => keyTexts.length / candidates);
      expect(chiSquare(counts, even)).toBeLessThan(chiSquareCritical[candidates - 1] ?? 0);
    },
  );

  const numbers: readonly (readonly [number: number, roomy: number])[] = [
    [3, 10],
    [2, 5],
    [1, 8],
  ];

  test.each(someOf(numbers, 1))(
    '%i copies each over %i with room of 10 members, by whom is picked',
    (number, roomy) => {
      const counts = new Map<string, number>();
      const candidates = members.slice(10 - roomy);
      for (const keyText of keyTexts) {
        const who = pick({ members, candidates, keyText, number }).join();
        counts.set(who, (counts.get(who) ?? 0) + 1);
      }

      // As many sets as there are places to begin at.
      expect(counts.size).toBe(roomy);
      const even = [...counts].map(() => keyTexts.length / roomy);
      expect(chiSquare([...counts.values()], even)).toBeLessThan(chiSquareCritical[roomy - 1] ?? 0);
    },
  );
});

describe('what picks do not promise, measured', () => {
  /** How many of the keys have another pick among the second candidates than among the first. */
  function moved(
    [before, after]: readonly [readonly Uuid[], readonly Uuid[]],
    hashes = [keyHash(members), keyHash(members)],
  ): number {
    const [one, other] = hashes;
    return keyTexts.filter((keyText) => {
      const was = before[one?.first(keyText, before.length) ?? 0];
      return was !== after[other?.first(keyText, after.length) ?? 0];
    }).length;
  }

  test.each(someOf([3, 5, 10], 1))(
    'with one of %i candidates full all but 1/m of the picks change',
    (count) => {
      const before = members.slice(0, count);

      const off = offShare(moved([before, before.slice(1)]), 1 - 1 / count);

      expect(off).toBeLessThan(chiSquareCritical[1] ?? 0);
    },
  );

  test('a member that joins makes all hashes new: all but 1/(m+1) of the picks change', () => {
    const before = members.slice(0, 5);
    const after = members.slice(0, 6);

    const off = offShare(moved([before, after], [keyHash(before), keyHash(after)]), 1 - 1 / 6);

    expect(off).toBeLessThan(chiSquareCritical[1] ?? 0);
  });
});
