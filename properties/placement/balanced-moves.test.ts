/** What moves when the members of a balanced group change: the second law of pick.test.ts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  pick,
  wanted,
  wouldWantIfAbsent,
  type Item,
  type World,
} from '../../src/placement/index.ts';
import type { Uuid } from '../../src/units/index.ts';
import { configuration } from '../../test/placement/annex.ts';
import { repositoryUuids } from '../arbitraries/annexes.ts';
import { smallKeys } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

/** A group of repositories that all want `balanced`, some of them full, and one key in it. */
interface Balancing {
  readonly members: readonly Uuid[];
  readonly number: number;
  readonly full: readonly Uuid[];
  readonly item: Item;
}

const balancings: fc.Arbitrary<Balancing> = fc
  .record({
    members: fc.shuffledSubarray([...repositoryUuids], { minLength: 2 }),
    number: fc.integer({ min: 1, max: 3 }),
    key: smallKeys,
  })
  .chain(({ members, number, key: { key, keyText } }) =>
    fc.subarray([...members]).map((full) => ({
      members,
      number,
      full,
      item: { key, keyText, file: 'x' },
    })),
  );

function worldOf(
  { members, number, full }: Omit<Balancing, 'item'>,
  holders: readonly Uuid[],
): World {
  return {
    configuration: configuration({
      repositories: Object.fromEntries(
        repositoryUuids.map((each) => [
          each,
          {
            groups: members.includes(each) ? ['g'] : [],
            wanted: `balanced=g:${number}`,
            maxsizeBytes: full.includes(each) ? 0n : undefined,
          },
        ]),
      ),
    }),
    locations: () => holders,
    // One byte in each, which is more than a full one may have.
    sizeBytes: () => 1n,
  };
}

/** Where the key is once everybody has got what it wanted. */
function placed({ members, number, full, item: { keyText } }: Balancing): readonly Uuid[] {
  const candidates = members.filter((each) => !full.includes(each));
  return pick({ members, candidates, keyText, number });
}

function wanting(item: Item, world: World): readonly Uuid[] {
  return repositoryUuids.filter((each) => wanted(each, item, world));
}

test('who is full, or joins, moves nothing: holders keep what they have, and nobody else wants it', () => {
  let told = 0;

  check(
    fc.property(balancings, fc.subarray([...repositoryUuids]), (balancing, others) => {
      const holders = placed(balancing);
      const joined = [...new Set([...balancing.members, ...others])];
      const fewer = { ...balancing, members: joined, full: [...balancing.full, ...others] };
      fc.pre(holders.length === balancing.number);
      const world = worldOf(fewer, holders);

      expect(wanting(balancing.item, world)).toEqual(holders.toSorted());
      expect(holders.every((each) => wouldWantIfAbsent(each, balancing.item, world))).toBe(true);
      const again = placed({ ...fewer, item: balancing.item });
      if (again.toSorted().join() !== holders.toSorted().join()) told += 1;
    }),
  );

  // In so many cases the pick itself would have been another.
  expect(told).toBeGreaterThan(50);
});

test('who goes moves only what it held', () => {
  let [kept, lost] = [0, 0];

  check(
    fc.property(balancings, fc.constantFrom(...repositoryUuids), (balancing, gone) => {
      const holders = placed(balancing);
      fc.pre(balancing.members.includes(gone) && holders.length === balancing.number);
      const members = balancing.members.filter((each) => each !== gone);
      const left = holders.filter((each) => each !== gone);
      const wants = wanting(balancing.item, worldOf({ ...balancing, members }, left));

      const isKept = left.length === holders.length;
      // Who is picked now may hold it already; whoever holds it wants to keep it.
      const again = isKept ? [] : placed({ ...balancing, members });
      expect(wants).toEqual([...new Set([...left, ...again])].sort());
      if (isKept) kept += 1;
      else lost += 1;
    }),
  );

  expect(kept).toBeGreaterThan(20);
  expect(lost).toBeGreaterThan(20);
});
