/**
 * The terms that count copies (spec/expressions.md sections 6.5 and 6.6, spec/newest.md section
 * 2.3).
 */
import {
  trustLevels,
  type CopiesArgument,
  type CopiesOf,
  type LackingArgument,
  type TermOf,
} from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Finding } from '../family/finding.ts';
import { countedGroups, lintGroups } from '../family/group-names.ts';
import type { LintFrom, Lints } from '../family/lint.ts';
import { listed, type ReasonFrom, type Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';
import type { Annex } from '../world/annex.ts';
import { atLeastOne, neededCopies, type NeededCopies } from '../world/needed-copies.ts';
import { isLeft, type Operand } from '../world/question.ts';
import { whoCounts, type Counts } from '../world/who-counts.ts';

type Names = 'copies' | 'lackingcopies' | 'approxlackingcopies';

/** What the terms mean. */
export const compile: Meanings<Names> = {
  copies: (argument, { annex }) => compileCopies(argument, annex),
  lackingcopies: (argument, { annex }) => compileLackingCopies(argument, annex),
  approxlackingcopies: (argument, { annex }) =>
    compileLacking(argument, annex, approximatelyNeeded(annex)),
};

/** Why the terms have their values: which copies were counted. */
export const because: Reasons<Names> = {
  copies: ({ argument: { of, number } }, { annex, question }) => {
    const counts = whoseCopies(of, annex);
    const having = question.presence.live.filter((uuid) => isLeft(question, uuid) && counts(uuid));
    return `${having.length} of ${number}${listed(having, annex)}`;
  },
  lackingcopies: ({ argument }, from) => lackingWords(argument, from, neededCopies(from.annex)),
  approxlackingcopies: ({ argument }, from) =>
    lackingWords(argument, from, approximatelyNeeded(from.annex)),
};

/** What is odd about the terms: a group that nobody is in. */
export const lint: Lints<Names> = {
  copies: { inAnnex: lintCounted },
  lackingcopies: { inAnnex: lintCounted },
  approxlackingcopies: { inAnnex: lintCounted },
};

/** At least that many of the repositories left. "N <= 0 is always true." */
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
function whoseCopies(of: CopiesOf, annex: Annex): Counts {
  if (of.kind !== 'trust') return whoCounts(of, annex);
  const { level, orHigher } = of;
  if (!orHigher) return (uuid) => annex.trust(uuid) === level;
  const levels = new Set(trustLevels.slice(trustLevels.indexOf(level)));
  return (uuid) => levels.has(annex.trust(uuid));
}

/** Needed is annex.numcopies of .gitattributes for the file, else numcopies of the annex. */
export function compileLackingCopies(argument: LackingArgument, annex: Annex): Operand {
  return compileLacking(argument, annex, neededCopies(annex));
}

/** Needed is the numcopies of the git-annex branch, else 1. */
function approximatelyNeeded(annex: Annex): NeededCopies {
  const needed = atLeastOne(annex.configuration.numcopies);
  return () => needed;
}

/** "True when needed - have >= N." */
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

function lackingWords(
  { of }: LackingArgument,
  { annex, question }: ReasonFrom,
  needed: NeededCopies,
): string {
  const counts = whoCounts(of, annex);
  const isCounted = (uuid: Uuid): boolean =>
    isLeft(question, uuid) && annex.trust(uuid) !== 'untrusted' && counts(uuid);
  const having = question.presence.live.filter(isCounted);
  return `${needed(question)} needed, ${having.length} there${listed(having, annex)}`;
}

function lintCounted(term: TermOf<Names>, { annex }: LintFrom): readonly Finding[] {
  return lintGroups(countedGroups(term.argument.of), term, annex);
}
