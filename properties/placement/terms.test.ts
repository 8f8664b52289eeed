/** What the table of terms says of a term, held against what the evaluator does. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isTermName,
  terms,
  type Dependence,
  type Polarity,
  type TermName,
} from '../../src/expression/index.ts';
import { wanted, type World } from '../../src/placement/index.ts';
import { moments, repositoryUuids, withLocations, type Moment } from '../arbitraries/annexes.ts';
import { newTermTexts, termTexts } from '../arbitraries/expressions.ts';
import { smallKeys } from '../arbitraries/keys.ts';
import { check } from '../settings.ts';

const everyTermText = fc.oneof(
  termTexts,
  newTermTexts,
  fc.constantFrom('standard', 'securehash', 'inpreferreddir', 'unused', 'metadata=tag=a'),
);

/** A term as the whole expression of the first repository of a moment. */
function alone(text: string, moment: Moment): (world: World, item?: Moment['item']) => boolean {
  const [repository] = moment.repositories;
  if (repository === undefined) throw new Error('a moment has repositories');
  return (world, item = moment.item) => {
    const { configuration } = world;
    const settings = configuration.repositories.get(repository);
    if (settings === undefined) throw new Error('a repository has settings');
    const own = { ...settings, wanted: text, required: undefined };
    const repositories = new Map([...configuration.repositories, [repository, own] as const]);
    return wanted(repository, item, {
      ...world,
      configuration: { ...configuration, repositories },
    });
  };
}

function nameOf(text: string): TermName {
  const [name = ''] = text.split('=');
  if (!isTermName(name)) throw new Error(`no term: ${text}`);
  return name;
}

/** Expressions of the newest dialect only: in others a term may stand for `present`. */
function newest(world: World): World {
  const { dialect: _, ...configuration } = world.configuration;
  return { ...world, configuration };
}

const allowed: Readonly<Record<Polarity, (before: boolean, after: boolean) => boolean>> = {
  constant: (before, after) => before === after,
  up: (before, after) => after || !before,
  down: (before, after) => before || !after,
  neither: () => true,
};

test('one more copy moves a term only the way that the table says', () => {
  check(
    fc.property(
      everyTermText,
      moments(),
      fc.constantFrom(...repositoryUuids),
      (text, moment, more) => {
        const world = newest(moment.world);
        const value = alone(text, moment);
        const before = value(world);
        const after = value(
          withLocations(world, [...new Set([...world.locations(moment.item), more])]),
        );

        expect(allowed[terms[nameOf(text)].polarity](before, after)).toBe(true);
      },
    ),
    2000,
  );
});

test('a term changes only with what the table says that it depends on', () => {
  const changes = fc.record({
    locations: fc.subarray([...repositoryUuids]),
    file: fc.constantFrom(undefined, 'a', 'x/public/f', 'a/b.flac'),
    sizesBytes: fc.array(fc.bigInt({ min: 0n, max: 110n }), { minLength: 6, maxLength: 6 }),
    urls: fc.subarray(['https://example.com/a.flac', 'x']),
    metadata: fc.subarray(['a', 'b']),
    key: smallKeys,
  });

  check(
    fc.property(everyTermText, moments(), changes, (text, moment, change) => {
      const world = newest(moment.world);
      const value = alone(text, moment);
      const before = value(world);
      const sizes = new Map(repositoryUuids.map((uuid, index) => [uuid, change.sizesBytes[index]]));
      const { item } = moment;
      const changed: readonly (readonly [readonly Dependence[], boolean])[] = [
        [['locations', 'presence'], value(withLocations(world, change.locations))],
        [['file'], value(world, { ...item, file: change.file })],
        [['key'], value(world, { ...change.key, file: item.file })],
        [['sizes'], value({ ...world, sizeBytes: (uuid) => sizes.get(uuid) })],
        [['urls'], value({ ...world, urls: () => change.urls })],
        [['metadata'], value({ ...world, metadata: () => new Map([['tag', change.metadata]]) })],
      ];

      const { dependsOn } = terms[nameOf(text)];
      const unexpected = changed.filter(
        ([dependences, after]) =>
          after !== before && !dependences.some((each) => dependsOn.includes(each)),
      );
      expect(unexpected).toEqual([]);
    }),
    2000,
  );
});

test('a term asks only for the facts that the table says that it needs', () => {
  check(
    fc.property(everyTermText, moments(), (text, moment) => {
      const asked = new Set<string>();
      const note = <T>(need: string, value: T): T => {
        asked.add(need);
        return value;
      };
      const { world } = moment;
      alone(
        text,
        moment,
      )({
        ...newest(world),
        sizeBytes: (uuid) => note('repositorySizes', world.sizeBytes(uuid)),
        metadata: () => note('metadata', new Map()),
        urls: (item) => note('urls', world.urls?.(item) ?? []),
        attributeNumcopies: (item) => note('attributes', world.attributeNumcopies?.(item)),
        equivalentKeys: () => note('equivalentKeys', []),
        isUnused: () => note('unusedKeys', false),
      });

      const { needs } = terms[nameOf(text)];
      const unexpected = [...asked].filter((need) => !needs.some((each) => each === need));
      expect(unexpected).toEqual([]);
    }),
    1000,
  );
});

test('a term makes an expression useless under `not` when the table calls it unstable, and only then', () => {
  check(
    fc.property(everyTermText, moments(), (text, moment) => {
      const { stability } = terms[nameOf(text)];
      const isUsed = alone(`anything or not ${text}`, moment)(newest(moment.world));

      expect(isUsed || stability !== 'stable').toBe(true);
      expect(!isUsed || stability !== 'unstable').toBe(true);
    }),
    1000,
  );
});
