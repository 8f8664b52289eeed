import fc from 'fast-check';
import { dialects, type Dialect } from '../../src/expression/index.ts';
import type {
  Configuration,
  Item,
  RepositorySettings,
  TrustLevel,
  World,
} from '../../src/placement/index.ts';
import { parseUuid, type Uuid } from '../../src/units/index.ts';
import { expressionTexts, groups } from './expressions.ts';
import { smallKeys } from './keys.ts';

/** The cluster of every annex here. */
export const cluster: Uuid = uuid('ac205ac5-d1e7-852c-a284-af955a1e255e');

/** Up to six repositories. */
export const repositoryUuids: readonly Uuid[] = ['1', '2', '3', '4', '5', '6'].map((digit) =>
  uuid(`${digit}0000000-0000-4000-8000-00000000000${digit}`),
);

const trusts: fc.Arbitrary<TrustLevel> = fc.constantFrom<TrustLevel[]>(
  'semitrusted',
  'semitrusted',
  'trusted',
  'untrusted',
  'dead',
);

const maybeExpression = fc.option(expressionTexts, { nil: undefined });

/** Maxsizes around what repositories hold. */
export const maxsizesBytes: fc.Arbitrary<bigint | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.bigInt({ min: 0n, max: 120n }),
  fc.constant(100n),
);

/** Settings of one repository. */
export const repositorySettings: fc.Arbitrary<RepositorySettings> = fc.record({
  description: fc.constant('a repository'),
  trust: trusts,
  groups: fc.subarray(groups.slice(0, 3)),
  wanted: maybeExpression,
  required: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, maybeExpression),
  maxsizeBytes: maxsizesBytes,
  preferreddir: fc.constant(undefined),
});

/** An annex at one moment, one item, and the repositories one can ask about. */
export interface Moment {
  readonly world: World;
  readonly item: Item;
  readonly repositories: readonly Uuid[];
}

interface Choices {
  readonly settings: readonly RepositorySettings[];
  readonly clusterSettings: RepositorySettings | undefined;
  readonly sizesBytes: readonly (bigint | undefined)[];
  readonly located: readonly boolean[];
  readonly nodes: readonly boolean[];
  readonly groupwanted: readonly (readonly [string, string])[];
  readonly rest: Pick<
    Configuration,
    'numcopies' | 'fullyBalancedThresholdPercent' | 'rebalance' | 'dialect'
  >;
  readonly urls: readonly string[];
  readonly attributeNumcopies: number | undefined;
  readonly item: Item;
}

/**
 * Moments; `settings` narrows what repositories are like, `clusterSettings` what the cluster is.
 */
export function moments(
  settings: fc.Arbitrary<RepositorySettings> = repositorySettings,
  clusterSettings: fc.Arbitrary<RepositorySettings | undefined> = fc.option(settings, {
    nil: undefined,
  }),
): fc.Arbitrary<Moment> {
  const count = repositoryUuids.length;
  const flags = fc.array(fc.boolean(), { minLength: count, maxLength: count });
  return fc
    .record<Choices>({
      settings: fc.array(settings, { minLength: 1, maxLength: count }),
      clusterSettings,
      sizesBytes: fc.array(fc.option(fc.bigInt({ min: 0n, max: 110n }), { nil: undefined }), {
        minLength: count,
        maxLength: count,
      }),
      located: flags,
      nodes: flags,
      groupwanted: fc.array(fc.tuple(fc.constantFrom(...groups), groupwantedTexts), {
        maxLength: 2,
      }),
      rest: fc.record({
        numcopies: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
        fullyBalancedThresholdPercent: fc.constantFrom(90, 50, 7),
        rebalance: fc.boolean(),
        dialect: someDialects,
      }),
      urls: fc.subarray([...urls]),
      attributeNumcopies: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
      item: items,
    })
    .map(momentOf);
}

/** The newest one most of the time, since fewer expressions parse in others. */
const someDialects: fc.Arbitrary<Dialect> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(dialects.newest) },
  { weight: 2, arbitrary: fc.constantFrom(...Object.values(dialects)) },
);

/** Urls as a web log records them. */
const urls = [
  'https://example.com/a.flac',
  'yt:https://example.com/v',
  ':x',
  'ftp://a//b',
] as const;

const groupwantedTexts = fc.oneof(
  { weight: 2, arbitrary: expressionTexts },
  { weight: 1, arbitrary: fc.constantFrom('', '', ' ', 'and') },
);

const items: fc.Arbitrary<Item> = fc
  .tuple(smallKeys, fc.constantFrom(undefined, 'a', 'b', 'a/b', 'a/b.flac', 'a//b'))
  .map(([{ key, keyText }, file]) => ({ key, keyText, file }));

function momentOf(choices: Choices): Moment {
  const uuids = repositoryUuids.slice(0, choices.settings.length);
  const repositories = new Map<Uuid, RepositorySettings>();
  for (const [index, settings] of choices.settings.entries()) {
    const repository = uuids[index];
    if (repository !== undefined) repositories.set(repository, settings);
  }
  if (choices.clusterSettings !== undefined) repositories.set(cluster, choices.clusterSettings);
  const sizes = new Map(uuids.map((repository, index) => [repository, choices.sizesBytes[index]]));
  const located = uuids.filter((_, index) => choices.located[index]);
  const nodes = uuids.filter((_, index) => choices.nodes[index]);
  const configuration: Configuration = {
    ...choices.rest,
    repositories,
    groupwanted: new Map(choices.groupwanted),
    mincopies: undefined,
    clusters: new Map([[cluster, nodes]]),
  };
  return {
    world: {
      configuration,
      locations: () => located,
      sizeBytes: (repository) => sizes.get(repository),
      urls: () => choices.urls,
      attributeNumcopies: () => choices.attributeNumcopies,
    },
    item: choices.item,
    repositories: [...repositories.keys()],
  };
}

/** A world that says the same except that the item is at these repositories. */
export function withLocations(world: World, locations: readonly Uuid[]): World {
  return { ...world, locations: () => locations };
}

function uuid(text: string): Uuid {
  const parsed = parseUuid(text);
  if (parsed === undefined) throw new Error(`no UUID: ${text}`);
  return parsed;
}
