/** How many copies of a content are needed, which some terms and every drop go by. */
import type { Annex } from './annex.ts';
import type { Question } from './question.ts';

/** How many copies are needed, by which settings; at least 1. */
export type NeededCopies = (question: Pick<Question, 'item' | 'world'>) => number;

/** numcopies of a file, which `lackingcopies`, the balanced terms and drops go by. */
export function neededCopies(annex: Annex): NeededCopies {
  const otherwise = atLeastOne(annex.configuration.numcopies);
  return ({ item, world }) => {
    const own = item.file === undefined ? undefined : world.attributeNumcopies?.(item);
    return own === undefined ? otherwise : atLeastOne(own);
  };
}

/** mincopies of a file, which drops go by: of .gitattributes, else of the git-annex branch. */
export function neededMincopies(annex: Annex): NeededCopies {
  const otherwise = atLeastOne(annex.configuration.mincopies);
  return ({ item, world }) => {
    const own = item.file === undefined ? undefined : world.attributeMincopies?.(item);
    return own === undefined ? otherwise : atLeastOne(own);
  };
}

/** "Any needed below 1 counts as 1." */
export function atLeastOne(numcopies: number | undefined): number {
  return Math.max(1, numcopies ?? 1);
}
