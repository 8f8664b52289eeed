import fc from 'fast-check';
import type {
  CopyProofs,
  RepairedContent,
  RepairScope,
  RepositorySettings,
  TrustLevel,
  World,
} from '../../src/placement/index.ts';
import { parseUuid, type Uuid } from '../../src/units/index.ts';
import { moments, repositorySettings, repositoryUuids } from './annexes.ts';

/** A content to be repaired, where it is, and whose copies are to be as they want. */
export interface Repair {
  readonly content: RepairedContent;
  readonly world: World;
  readonly scope: RepairScope;
}

const secondCluster: Uuid =
  parseUuid('ac305ac5-d1e7-852c-a284-af955a1e255e') ??
  (() => {
    throw new Error('that is a UUID');
  })();

/** Those that count copies in each other's groups chase one another; the others settle. */
const chasing: fc.Arbitrary<string | undefined> = fc.constantFrom(
  undefined,
  '',
  ' ',
  'anything',
  'nothing',
  'copies=archive:1',
  'not copies=nodes:1',
  'copies=nodes:1 and not copies=archive:2',
  'lackingcopies=1',
  'not copies=2',
  'fullybalanced=nodes',
  'sizebalanced=nodes:2 or include=a*',
  'not present',
  'include=a',
  'exclude=a',
);

type Wish = Pick<RepositorySettings, 'groups' | 'wanted' | 'required'>;

function settingsOf(wishes: fc.Arbitrary<Wish>): fc.Arbitrary<RepositorySettings> {
  return fc
    .record({
      wish: wishes,
      trust: fc.constantFrom<TrustLevel[]>(
        'semitrusted',
        'semitrusted',
        'semitrusted',
        'untrusted',
        'trusted',
        'dead',
      ),
      maxsizeBytes: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        fc.bigInt({ min: 0n, max: 120n }),
      ),
    })
    .map(({ wish: { groups, wanted, required }, trust, maxsizeBytes }) => ({
      description: 'a repository',
      trust,
      groups,
      wanted,
      required,
      maxsizeBytes,
      preferreddir: undefined,
    }));
}

const chasingWishes: fc.Arbitrary<Wish> = fc.record<Wish>({
  groups: fc.constantFrom(['nodes'], ['archive'], ['nodes', 'archive'], []),
  wanted: chasing,
  required: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, chasing),
});

/** Nodes that want what no archive has, and archives that want what a node has: one after the other for ever. */
const circlingWishes: fc.Arbitrary<Wish> = fc.constantFrom<Wish[]>(
  { groups: ['archive'], wanted: 'copies=nodes:1', required: undefined },
  { groups: ['nodes'], wanted: 'not copies=archive:1', required: undefined },
  { groups: [], wanted: 'anything', required: undefined },
);

const count = repositoryUuids.length;
const marks = fc.array(fc.boolean(), { minLength: count, maxLength: count });

/** Clusters that share nodes, repositories of none, keys of several files, copies that can only be verified. */
export const repairs: fc.Arbitrary<Repair> = fc
  .record({
    moment: fc.oneof(
      moments(repositorySettings),
      moments(settingsOf(chasingWishes)),
      moments(settingsOf(circlingWishes)),
    ),
    files: fc.subarray(['a', 'b', 'a/b', 'a/b.flac']),
    second: marks,
    hasClusters: fc.constantFrom(0, 1, 2),
    usable: marks,
    alone: marks,
    costs: fc.array(fc.constantFrom(100, 200), { minLength: count, maxLength: count }),
    verifiedOnly: fc.array(fc.constantFrom(false, false, true), {
      minLength: count,
      maxLength: count,
    }),
    copies: fc.record({
      numcopies: fc.constantFrom(undefined, 0, 1, 2, 3),
      mincopies: fc.constantFrom(undefined, 1, 2),
    }),
    attributes: fc.option(
      fc.record({ numcopies: fc.nat({ max: 3 }), mincopies: fc.nat({ max: 2 }) }),
      { nil: undefined },
    ),
  })
  .map(({ moment, files, second, hasClusters, attributes, ...choices }) => {
    const { key, keyText } = moment.item;
    const at = (list: readonly boolean[]): readonly Uuid[] =>
      repositoryUuids.filter((_, place) => list[place]);
    const { configuration } = moment.world;
    const clusters = new Map(
      [...configuration.clusters, [secondCluster, at(second)] as const].slice(0, hasClusters),
    );
    const world: World = {
      ...moment.world,
      configuration: { ...configuration, ...choices.copies, clusters },
      attributeNumcopies: ({ file }) => (file === 'b' ? undefined : attributes?.numcopies),
      attributeMincopies: ({ file }) => (file === 'b' ? undefined : attributes?.mincopies),
    };
    const isVerified = new Set(at(choices.verifiedOnly));
    const nodes = repositoryUuids.flatMap((uuid, place) =>
      choices.usable[place] ? [{ uuid, cost: choices.costs[place] ?? 100 }] : [],
    );
    const proof = (uuid: Uuid): keyof CopyProofs => (isVerified.has(uuid) ? 'verified' : 'locked');
    const scope: RepairScope = {
      clusters: new Map([...clusters.keys()].map((uuid) => [uuid, nodes])),
      repositories: [...at(choices.alone), ...clusters.keys()],
      proof,
    };
    return { content: { key, keyText, files }, world, scope };
  });
