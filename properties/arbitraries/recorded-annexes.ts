/**
 * Annexes with keys and files that can be made with a real git-annex, in the format of the golden
 * files.
 */
import fc from 'fast-check';
import type { AnnexToRecord, KeyToRecord } from '../../test/support/recorded-annex.ts';
import { cluster, repositoryUuids } from './annexes.ts';
import { expressionsOf, groups, newTermTexts, termTexts } from './expressions.ts';

/** An annex, and what is in it. */
export interface AnnexWithKeys {
  readonly annex: AnnexToRecord;
  readonly keys: readonly KeyToRecord[];
}

const standardGroups = ['archive', 'client', 'source', 'manual', 'public', 'unwanted'] as const;
const someGroups = fc.subarray(['nodes', 'archive', 'trusted', ...standardGroups], {
  maxLength: 3,
});

const moreTermTexts = fc.oneof(
  fc.constantFrom('securehash', 'inpreferreddir', 'standard', 'unused'),
  fc.constantFrom('metadata=tag=a*', 'metadata=tag=', 'metadata=rating>3', 'metadata=Tag<=b'),
  fc.constantFrom(
    'smallerthan=0.01kb',
    'largerthan=0x8',
    'smallerthan=15 b',
    'include=*/archive/*',
  ),
  fc.constantFrom("include=a'", 'include=[a-c]*', 'exclude=*[!0-9]', 'include=d?/*', 'copies=1abc'),
);

/**
 * Mostly terms that every git-annex has; one that it lacks makes the whole expression `present`.
 */
const recordedTermTexts = fc.oneof(
  { weight: 30, arbitrary: termTexts },
  { weight: 12, arbitrary: moreTermTexts },
  { weight: 1, arbitrary: newTermTexts },
);

const expressions = expressionsOf(recordedTermTexts);

/** A value or none; `weight` is that of a value, 1 that of none. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 2 * weight, arbitrary });

const repositories = fc.record({
  groups: someGroups,
  trust: fc.constantFrom<('trusted' | 'semitrusted' | 'untrusted' | 'dead')[]>(
    'semitrusted',
    'semitrusted',
    'semitrusted',
    'trusted',
    'untrusted',
    'dead',
  ),
  wanted: maybe(expressions, 8),
  required: maybe(maybe(expressions)),
  maxsize: maybe(fc.nat({ max: 250 }).map(String)),
  described: fc.constantFrom(true, true, true, true, true, false),
});

const contents = fc.record({
  backend: fc.constantFrom('SHA256E', 'SHA256', 'WORM', 'SHA1', 'URL'),
  size: fc.option(fc.nat({ max: 30 })),
  name: fc.stringMatching(/^[a-z0-9]{12}$/),
  directory: fc.constantFrom(
    '',
    '',
    'a/',
    'd1/',
    'd1/archive/',
    'archive/',
    'x/public/',
    'public/x/',
  ),
  base: fc.constantFrom('a', 'b', 'c7', '.hidden'),
  suffix: fc.constantFrom('', '.flac', '.mp3', '.a'),
  located: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  metadata: fc.constantFrom<Readonly<Record<string, readonly string[]>>[]>(
    {},
    {},
    { tag: ['a1', 'b'] },
    { rating: ['5'] },
    { tag: ['x'], rating: ['10', '2'] },
  ),
});

/** Annexes with a number of keys, each with a file of its own. */
export function recordedAnnexes(keyCount: number): fc.Arbitrary<AnnexWithKeys> {
  const count = { minLength: keyCount, maxLength: keyCount };
  return fc
    .record({
      settings: fc.array(repositories, { minLength: 4, maxLength: repositoryUuids.length }),
      clusterSettings: maybe(repositories),
      nodes: fc.subarray([...repositoryUuids]),
      groupwanted: fc.dictionary(
        fc.constantFrom(...groups),
        fc.oneof({ weight: 5, arbitrary: expressions }, fc.constant('')),
        { maxKeys: 2 },
      ),
      numcopies: maybe(fc.nat({ max: 3 })),
      threshold: maybe(fc.constantFrom('90', '50', '7')),
      rebalance: fc.constantFrom(false, false, true),
      gitattributes: maybe(
        fc.constantFrom('*.flac annex.numcopies=3\n', 'a/* annex.numcopies=0\n'),
      ),
      contents: fc.uniqueArray(contents, { ...count, selector: ({ name }) => name }),
    })
    .map(({ settings, clusterSettings, nodes, contents, ...rest }) => {
      const repos = settings.map((each, index) => ({
        ...each,
        uuid: repositoryUuids[index] ?? '',
      }));
      const uuids = repos.map(({ uuid }) => uuid);
      const members = nodes.filter((node) => uuids.includes(node));
      const clusters = clusterSettings === undefined ? [] : [{ ...clusterSettings, uuid: cluster }];
      return {
        annex: defined({
          ...rest,
          repos: [...repos, ...clusters].map(defined),
          clusters: clusterSettings === undefined ? {} : { [cluster]: members },
        }),
        keys: contents.map(({ backend, size, name, directory, base, suffix, ...each }, index) => ({
          key: `${backend}${size === null ? '' : `-s${size}`}--${name}`,
          file: `${directory}${base}${index}${suffix}`,
          locations: uuids.filter((_, place) => each.located[place]),
          metadata: each.metadata,
        })),
      };
    });
}

/** The object without the fields that are undefined. */
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(object: T): Partial<T> & Defined<T> {
  return JSON.parse(JSON.stringify(object));
}
