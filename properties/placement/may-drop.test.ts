import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayDrop, wouldRequireIfAbsent, type MayDropOptions } from '../../src/placement/index.ts';
import { moments, repositoryUuids } from '../arbitraries/annexes.ts';
import { check } from '../settings.ts';

const proofs: fc.Arbitrary<MayDropOptions> = fc.record({
  locked: fc.subarray([...repositoryUuids]),
  verified: fc.subarray([...repositoryUuids]),
  isLocal: fc.boolean(),
});
const needs = fc.record({
  numcopies: fc.integer({ min: 0, max: 4 }),
  mincopies: fc.integer({ min: 0, max: 3 }),
});
/** What .gitattributes say, in the place of these. */
const attributes = fc.option(needs, { nil: undefined });

test('a drop that is permitted leaves numcopies counted copies, mincopies held, and what is required', () => {
  let granted = 0;
  check(
    fc.property(moments(), proofs, needs, attributes, (moment, proof, settings, attribute) => {
      const { world: told, item, repositories } = moment;
      const world = {
        ...told,
        configuration: { ...told.configuration, ...settings },
        attributeNumcopies: () => attribute?.numcopies,
        attributeMincopies: () => attribute?.mincopies,
      };
      const need = item.file === undefined ? settings : (attribute ?? settings);
      const { repositories: known } = world.configuration;
      const [locked, verified] = [new Set(proof.locked), new Set(proof.verified)];
      for (const repository of repositories) {
        if (mayDrop(repository, item, world, proof).kind === 'refused') continue;
        granted += 1;
        const left = repositoryUuids.filter((uuid) => {
          const trust = known.get(uuid)?.trust ?? 'semitrusted';
          const isThere =
            locked.has(uuid) ||
            verified.has(uuid) ||
            (trust === 'trusted' && world.locations(item).includes(uuid));
          return uuid !== repository && isThere && trust !== 'untrusted' && trust !== 'dead';
        });
        const held = left.filter(
          (uuid) =>
            proof.isLocal === true || locked.has(uuid) || known.get(uuid)?.trust === 'trusted',
        );
        expect(left.length).toBeGreaterThanOrEqual(Math.max(1, need.numcopies));
        expect(held.length).toBeGreaterThanOrEqual(Math.max(1, need.mincopies));
        expect(wouldRequireIfAbsent(repository, item, world)).toBe(false);
      }
    }),
    2000,
  );
  expect(granted).toBeGreaterThan(100);
});

test('more proof never takes a permission away', () => {
  check(
    fc.property(moments(), proofs, ({ world, item, repositories }, proof) => {
      for (const repository of repositories) {
        const more = { ...proof, locked: repositoryUuids, verified: repositoryUuids };
        const isGranted = mayDrop(repository, item, world, proof).kind === 'granted';
        const isStillGranted = mayDrop(repository, item, world, more).kind === 'granted';
        expect(!isGranted || isStillGranted).toBe(true);
      }
    }),
    500,
  );
});
