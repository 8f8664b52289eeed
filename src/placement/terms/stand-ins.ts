/** `standard` and `groupwanted`, which stand for another expression (spec/expressions.md section 7). */
import type { TermOf } from '../../expression/index.ts';
import { finding, type Finding } from '../family/finding.ts';
import type { LintFrom, Lints } from '../family/lint.ts';
import { presenceWords, type ReasonFrom, type Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';
import { nameOf } from '../world/names.ts';
import { isPresent } from '../world/question.ts';
import { stoodFor, type StandIn } from '../world/stood-for.ts';

/** What the terms mean: `present` where there is nothing that they stand for. */
export const compile: Meanings<StandIn> = {
  standard: (_, setting) => setting.standFor('standard')?.operand ?? isPresent,
  groupwanted: (_, setting) => setting.standFor('groupwanted')?.operand ?? isPresent,
};

/** What the terms stand for, or why that is `present`. */
export const because: Reasons<StandIn> = {
  standard: ({ name }, from) => stoodForWords(name, from),
  groupwanted: ({ name }, from) => stoodForWords(name, from),
};

/** What is odd about the terms: that they stand for nothing, or for what must not be under `not`. */
export const lint: Lints<StandIn> = {
  standard: { inAnnex: lintStoodFor, negated: lintNegated },
  groupwanted: { inAnnex: lintStoodFor, negated: lintNegated },
};

function stoodForWords(name: StandIn, from: ReasonFrom): string {
  const { annex, question, isInner } = from;
  const asPresent = `so it means present, and ${presenceWords(from)}`;
  if (isInner && name === 'groupwanted') {
    return `inside of a groupwanted expression, ${asPresent}`;
  }
  const { groups, text } = stoodFor(name, annex, question.repository);
  const own = nameOf(annex, question.repository);
  const what = name === 'standard' ? 'standard groups' : 'groups with a groupwanted expression';
  if (text !== undefined) return `of the group ${groups.join(', ')}: ${text}`;
  if (groups.length === 0)
    return `${own} is in no ${what.replace('groups', 'group')}, ${asPresent}`;
  return `${own} is in several ${what} (${groups.join(', ')}), ${asPresent}`;
}

function lintStoodFor({ name, span }: TermOf<StandIn>, from: LintFrom): readonly Finding[] {
  const { annex, isGroupwanted, askers } = from;
  const edit = { span, replacement: 'present' };
  if (isGroupwanted && name === 'groupwanted') {
    const message = 'inside of a groupwanted expression "groupwanted" means "present"';
    return [finding('BL104', message, { span, edit })];
  }
  return askers.flatMap((asker) => {
    const { groups, text } = stoodFor(name, annex, asker);
    if (text !== undefined) return [];
    const own = nameOf(annex, asker);
    const kinds =
      name === 'standard' ? 'a standard group' : 'a group with a groupwanted expression';
    if (groups.length === 0) {
      const message = `${own} is not in ${kinds}: "${name}" means "present"`;
      return [finding('BL104', message, { span, edit })];
    }
    const several = `${own} is in several (${groups.join(', ')}): "${name}" means "present"`;
    return [finding('BL105', several, { span, edit })];
  });
}

/** Words that stand for something unstable, which `groupwanted` inside of a groupwanted expression does. */
function lintNegated({ name, span }: TermOf<StandIn>, from: LintFrom): readonly Finding[] {
  const { annex, askers, isUnstableFor } = from;
  return askers
    .filter((asker) => isUnstableFor(asker, name))
    .map((asker) => {
      const message = `in ${nameOf(annex, asker)} "${name}" stands for something that changes with presence`;
      return finding('BL101', message, { span });
    });
}
