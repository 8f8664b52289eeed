/**
 * The terms that count copies (spec/expressions.md sections 6.5 and 6.6, spec/newest.md section
 * 2.3).
 */
import {
  trustLevels,
  type CopiesArgument,
  type CopiesOf,
  type LackingArgument,
} from '../../expression/index.ts';
import type { Annex } from '../world/annex.ts';
import { whoCounts, type Counts } from './limit.ts';
import { isLeft, type Operand, type Question } from '../world/question.ts';

/** `copies=`: at least that many of the repositories left. "N <= 0 is always true." */
export function compileCopies({ of, number }: CopiesArgument, annex: Annex): Operand {
  const wanted = Number(number);
  if (wanted <= 0) return () => true;
  const counts = whoseCopies(of, annex);
  return (question) => {
    let count = 0;
    for (const uuid of question.presence.live) {
      if (isLeft(question, uuid) && counts(uuid)) count += 1;
      if (count >= wanted) return true;
    }
    return false;
  };
}

/** Whose copies `copies=` counts. */
export function whoseCopies(of: CopiesOf, annex: Annex): Counts {
  if (of.kind !== 'trust') return whoCounts(of, annex);
  const { level, orHigher } = of;
  if (!orHigher) return (uuid) => annex.trust(uuid) === level;
  const levels = new Set(trustLevels.slice(trustLevels.indexOf(level)));
  return (uuid) => levels.has(annex.trust(uuid));
}

/** How many copies are needed, by which settings; at least 1. */
export type NeededCopies = (question: Pick<Question, 'item' | 'world'>) => number;

/** `lackingcopies=` and `approxlackingcopies=`: "true when needed - have >= N". */
function compileLacking(
  { of, number }: LackingArgument,
  annex: Annex,
  needed: NeededCopies,
): Operand {
  const lacking = Number(number);
  const counts = whoCounts(of, annex);
  return (question) => {
    let have = 0;
    for (const uuid of question.presence.live) {
      if (isLeft(question, uuid) && annex.trust(uuid) !== 'untrusted' && counts(uuid)) have += 1;
    }
    return needed(question) - have >= lacking;
  };
}

/** `approxlackingcopies=`: needed is the numcopies of the git-annex branch, else 1. */
export function compileApproxLackingCopies(argument: LackingArgument, annex: Annex): Operand {
  const needed = atLeastOne(annex.configuration.numcopies);
  return compileLacking(argument, annex, () => needed);
}

/** `lackingcopies=`: needed is annex.numcopies of .gitattributes for the file, else as above. */
export function compileLackingCopies(argument: LackingArgument, annex: Annex): Operand {
  return compileLacking(argument, annex, neededCopies(annex));
}

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
function atLeastOne(numcopies: number | undefined): number {
  return Math.max(1, numcopies ?? 1);
}
