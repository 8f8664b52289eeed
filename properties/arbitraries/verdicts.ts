import fc from 'fast-check';
import { dialects, printExpression, type Expression } from '../../src/expression/index.ts';
import { wanted, wouldWantIfAbsent, type World } from '../../src/placement/index.ts';
import { moments, repositorySettings, type Moment } from './annexes.ts';
import { everyTermText, termTexts } from './expressions.ts';
import { treeOf, treesOf } from './trees.ts';

/** Terms that say something of each other, and terms with more to them than their value. */
const relatedTerms: readonly string[] = [
  'anything nothing present standard groupwanted unused inpreferreddir securehash',
  'include=* include=a exclude=a exclude=** include=[a exclude=[a url=* url=x url=[a',
  'smallerthan=0 smallerthan=-1 smallerthan=10 smallerthan=11 largerthan=10 largerthan=-1',
  'copies=1 copies=2 copies=nodes:1 copies=nodes=1 copies=nodes+archive=1 copies=nodes-archive=1',
  'copies=trusted:1 copies=semitrusted+:2 copies=untrusted:1 copies=dead+:1 copies=dead:1 copies=0',
  'lackingcopies=1 lackingcopies=2 lackingcopies=nodes:1 approxlackingcopies=1 lackingcopies=-1',
  'inbackend=WORM inbackend=SHA256E balanced=nodes fullybalanced=nodes:0 fullysizebalanced=nodes:-1',
  'metadata=tag=* metadata=tag=a metadata=TAG=A metadata=tag<b metadata=tag<c metadata=tag=[',
].flatMap((line) => line.split(' '));

/** A few different terms, so that the same ones come back in an expression. */
const fewTerms: fc.Arbitrary<fc.Arbitrary<string>> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...relatedTerms) },
      { weight: 1, arbitrary: everyTermText },
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((terms) => fc.constantFrom(...terms));

/** Trees in which few terms come back often. */
export const repeatingTrees: fc.Arbitrary<Expression> = fewTerms.chain(treesOf);

/** Two trees of the same few terms. */
export const relatedTrees: fc.Arbitrary<readonly [Expression, Expression]> = fewTerms.chain(
  (terms) => fc.tuple(treesOf(terms), treesOf(terms)),
);

const groupwantedTexts = fc.oneof(
  fc.constantFrom('include=[a', 'present', 'not present', 'include=a and include=[', 'bogus', ''),
  fc.constantFrom('anything', 'nothing', 'standard', 'balanced=nodes', 'copies=1'),
  termTexts,
);

/** Moments in which `standard` and `groupwanted` stand for all kinds of expressions. */
export const roughMoments: fc.Arbitrary<Moment> = fc
  .tuple(
    moments(
      fc
        .record({
          required: fc.constant(undefined),
          wanted: fc.constant(undefined),
          settings: repositorySettings,
          standard: fc.constantFrom('', 'manual', 'unwanted', 'archive', 'backup'),
        })
        .map(({ settings, standard }) => ({
          ...settings,
          groups: [...settings.groups, standard],
        })),
    ),
    fc.constantFrom('nodes', 'archive', 'trusted'),
    groupwantedTexts,
    fc.subarray(['a', 'b', 'bb', '10']),
    fc.boolean(),
  )
  .map(([moment, group, groupwanted, tags, isUnused]) => ({
    ...moment,
    world: {
      ...moment.world,
      configuration: {
        ...moment.world.configuration,
        dialect: dialects.newest,
        groupwanted: new Map([[group, groupwanted]]),
      },
      metadata: () => new Map([['tag', tags]]),
      isUnused: () => isUnused,
    },
  }));

/** What an expression is for in a repository. */
export type Place = 'wanted' | 'groupwanted' | 'both';

/**
 * All answers of a moment when the wanted content of every repository is this expression, or (`both`)
 * that beside required content, or (`groupwanted`) what its group wants, negated.
 */
export function verdictsOf(
  tree: Expression,
  { world, item, repositories }: Moment,
  place: Place = 'wanted',
): readonly boolean[] {
  const here = placed(printExpression(tree), world, place);
  return repositories.flatMap((repository) =>
    [true, false].flatMap((whenEmpty) => [
      wanted(repository, item, here, whenEmpty),
      wouldWantIfAbsent(repository, item, here, whenEmpty),
    ]),
  );
}

function placed(text: string, world: World, place: Place): World {
  const { configuration } = world;
  const repositories = new Map(
    [...configuration.repositories].map(([uuid, settings]) => [
      uuid,
      {
        ...settings,
        wanted: place === 'groupwanted' ? 'not groupwanted' : text,
        required: place === 'both' ? 'copies=1' : undefined,
      },
    ]),
  );
  const groupwanted =
    place === 'groupwanted'
      ? new Map([...configuration.groupwanted.keys()].map((group) => [group, text]))
      : configuration.groupwanted;
  return { ...world, configuration: { ...configuration, repositories, groupwanted } };
}

/** The terms that {@link relatedTrees} are made of, each as a tree. */
export const relatedTermTrees: readonly Expression[] = relatedTerms.map(treeOf);
