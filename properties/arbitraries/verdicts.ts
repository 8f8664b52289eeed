import fc from 'fast-check';
import { dialects, printExpression, type Expression } from '../../src/expression/index.ts';
import {
  wanted,
  wouldWantIfAbsent,
  type Configuration,
  type RepositorySettings,
  type World,
} from '../../src/placement/index.ts';
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

/** Terms that more than their value depends on, and what hides them. */
const delicateTerms = ['groupwanted', 'standard', 'present', 'nothing', 'anything', 'include=[a'];

/** A few different terms, so that the same ones come back in an expression. */
const fewTerms: fc.Arbitrary<fc.Arbitrary<string>> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...relatedTerms) },
      { weight: 4, arbitrary: fc.constantFrom(...delicateTerms) },
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

interface Rough {
  readonly moment: Moment;
  readonly group: string;
  readonly groupwanted: string;
  readonly tags: readonly string[];
  readonly isUnused: boolean;
}

/** Moments in which `standard` and `groupwanted` stand for all kinds of expressions. */
export const roughMoments: fc.Arbitrary<Moment> = fc
  .record<Rough>({
    moment: moments(
      fc
        .tuple(repositorySettings, fc.constantFrom('', 'manual', 'unwanted', 'archive', 'backup'))
        .map(withGroup),
    ),
    group: fc.constantFrom('nodes', 'archive', 'trusted'),
    groupwanted: groupwantedTexts,
    tags: fc.subarray(['a', 'b', 'bb', '10']),
    isUnused: fc.boolean(),
  })
  .map(roughMoment);

function withGroup([settings, group]: readonly [RepositorySettings, string]): RepositorySettings {
  return { ...settings, groups: [...settings.groups, group] };
}

function roughMoment({ moment, group, groupwanted, tags, isUnused }: Rough): Moment {
  const { world } = moment;
  const configuration: Configuration = {
    ...world.configuration,
    dialect: dialects.newest,
    groupwanted: new Map([[group, groupwanted]]),
  };
  const metadata = new Map([['tag', tags]]);
  return {
    ...moment,
    world: { ...world, configuration, metadata: () => metadata, isUnused: () => isUnused },
  };
}

/** What an expression is for in a repository. */
export type Place = 'wanted' | 'groupwanted' | 'both';

/**
 * All answers of a moment when the wanted content of every repository is this expression, or
 * (`both`) that beside required content, or (`groupwanted`) what its group wants, negated.
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
