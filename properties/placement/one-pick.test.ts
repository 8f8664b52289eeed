/** Whoever asks for a pick hears of the same one: the library, the evaluator, and who explains it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explain, picks, wanted } from '../../src/placement/index.ts';
import { world as worldWith } from '../../test/placement/annex.ts';
import { repositoryUuids } from '../arbitraries/annexes.ts';
import { smallKeys } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

/** A group, those of its members that are full, and who has the key already. */
const balancings = fc
  .record({
    members: fc.shuffledSubarray([...repositoryUuids], { minLength: 1 }),
    holders: fc.subarray([...repositoryUuids]),
    number: fc.integer({ min: 1, max: 4 }),
    key: smallKeys,
  })
  .chain((balancing) => fc.tuple(fc.constant(balancing), fc.subarray(balancing.members)));

test('the pick by hash is one, whoever asks', () => {
  let decided = 0;

  check(
    fc.property(
      balancings,
      ([
        {
          members,
          holders,
          number,
          key: { key, keyText },
        },
        full,
      ]) => {
        const item = { key, keyText, file: 'x' };
        const world = worldWith(
          {
            repositories: Object.fromEntries(
              repositoryUuids.map((each) => [
                each,
                {
                  groups: members.includes(each) ? ['g'] : [],
                  wanted: `fullybalanced=g:${number}`,
                  maxsizeBytes: full.includes(each) ? 0n : undefined,
                },
              ]),
            ),
          },
          {
            locations: holders,
            // More than a full one may have, so that what it holds does not fit either.
            sizesBytes: Object.fromEntries(repositoryUuids.map((each) => [each, 1n])),
          },
        );
        const candidates = members.filter((each) => !full.includes(each));
        const expected = picks({ members, candidates, keyText, number });

        const wanting = repositoryUuids.filter((each) => wanted(each, item, world));
        const told = repositoryUuids.map((each) => explain(each, item, world, 'wanted').tree);

        expect(wanting).toEqual(expected.picked.toSorted());
        for (const tree of told) expect(tree).toMatchObject({ balance: expected });
        if (expected.picked.length < candidates.length) decided += 1;
      },
    ),
  );

  // The hash decides nothing where all candidates are picked.
  expect(decided).toBeGreaterThan(50);
});

test('the pick by free space is one, whoever asks', () => {
  let decided = 0;

  check(
    fc.property(
      balancings,
      fc.array(fc.bigInt({ min: 0n, max: 120n }), { minLength: 8, maxLength: 8 }),
      ([{ members, holders, number, key }], heldBytes) => {
        const { keyText } = key;
        const item = { key: { ...key.key, sizeBytes: 10n }, keyText, file: 'x' };
        const world = worldWith(
          {
            repositories: Object.fromEntries(
              repositoryUuids.map((each) => [
                each,
                {
                  groups: members.includes(each) ? ['g'] : [],
                  wanted: `fullysizebalanced=g:${number}`,
                  maxsizeBytes: 100n,
                },
              ]),
            ),
          },
          {
            locations: holders,
            sizesBytes: Object.fromEntries(
              repositoryUuids.map((each, place) => [
                each,
                heldBytes[place % heldBytes.length] ?? 0n,
              ]),
            ),
          },
        );

        const wanting = repositoryUuids.filter((each) => wanted(each, item, world));
        for (const each of repositoryUuids) {
          const { tree } = explain(each, item, world, 'wanted');
          const balance = tree?.kind === 'term' ? tree.balance : undefined;
          expect(balance?.by).toBe('free space');
          expect(balance?.picked.toSorted()).toEqual(wanting.toSorted());
          expect(balance?.picked.length).toBe(Math.min(number, balance?.candidates.length ?? 0));
          if (number < (balance?.candidates.length ?? 0)) decided += 1;
        }
      },
    ),
  );

  expect(decided).toBeGreaterThan(50);
});
