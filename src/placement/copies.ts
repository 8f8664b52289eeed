/** The terms that count copies (spec/expressions.md sections 6.5 and 6.6). */
import { trustLevels, type CopiesArgument, type CopiesOf } from '../expression/index.ts';
import type { Uuid } from '../units/index.ts';
import type { Annex } from './annex.ts';
import type { Operand, Question } from './question.ts';

/** `copies=`: at least that many of the repositories left. "N <= 0 is always true." */
export function compileCopies({ of, number }: CopiesArgument, annex: Annex): Operand {
  const needed = Number(number);
  if (needed <= 0) return () => true;
  const counts = whoCounts(of, annex);
  return (question) => {
    let count = 0;
    for (const uuid of question.presence.live) {
      if (isLeft(question, uuid) && counts(uuid)) count += 1;
      if (count >= needed) return true;
    }
    return false;
  };
}

function whoCounts(of: CopiesOf, annex: Annex): (uuid: Uuid) => boolean {
  if (of.kind === 'anybody') return () => true;
  if (of.kind === 'group') {
    const { places } = annex.group(of.group);
    return (uuid) => places.has(uuid);
  }
  const { level, orHigher } = of;
  if (!orHigher) return (uuid) => annex.trust(uuid) === level;
  const levels = new Set(trustLevels.slice(trustLevels.indexOf(level)));
  return (uuid) => levels.has(annex.trust(uuid));
}

/** Which settings say how many copies are needed. */
type NeededCopies = (question: Question) => number;

/** `lackingcopies=` and `approxlackingcopies=`: "true when needed - have >= N". */
function compileLacking(number: bigint, annex: Annex, needed: NeededCopies): Operand {
  const lacking = Number(number);
  return (question) => {
    let have = 0;
    for (const uuid of question.presence.live) {
      if (isLeft(question, uuid) && annex.trust(uuid) !== 'untrusted') have += 1;
    }
    // "Any needed below 1 counts as 1."
    return Math.max(1, needed(question)) - have >= lacking;
  };
}

/** `approxlackingcopies=`: needed is the numcopies of the git-annex branch, else 1. */
export function compileApproxLackingCopies(number: bigint, annex: Annex): Operand {
  const needed = annex.configuration.numcopies ?? 1;
  return compileLacking(number, annex, () => needed);
}

/** `lackingcopies=`: needed is annex.numcopies of .gitattributes for the file, else as above. */
export function compileLackingCopies(number: bigint, annex: Annex): Operand {
  const otherwise = annex.configuration.numcopies ?? 1;
  return compileLacking(number, annex, ({ item, world }) =>
    item.file === undefined ? otherwise : (world.attributeNumcopies?.(item) ?? otherwise),
  );
}

function isLeft({ isGone, repository }: Question, uuid: Uuid): boolean {
  return !isGone || uuid !== repository;
}
