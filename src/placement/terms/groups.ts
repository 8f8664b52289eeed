/** The terms about whole groups (spec/expressions.md section 6.8). */
import type { TermOf } from '../../expression/index.ts';
import type { Finding } from '../family/finding.ts';
import { lintGroups } from '../family/group-names.ts';
import type { LintFrom, Lints } from '../family/lint.ts';
import type { ReasonFrom, Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { namesOf } from '../world/names.ts';
import { isLeft, type Operand, type Question } from '../world/question.ts';

type Names = 'inallgroup' | 'onlyingroup';

/** What the terms mean. */
export const compile: Meanings<Names> = {
  inallgroup: (group, { annex }) => compileInAllGroup(group, annex),
  onlyingroup: (group, { annex }) => compileOnlyInGroup(group, annex),
};

/** Why the terms have their values: who lacks the content, or has it besides. */
export const because: Reasons<Names> = {
  inallgroup: ({ argument: group }, from) => {
    const { members } = from.annex.group(group);
    if (members.length === 0) return nobodyWords(group);
    const left = leftOf(from.question);
    const missing = members.filter((member) => !left.includes(member));
    if (missing.length === 0) return `all ${members.length} members have it`;
    return `missing in ${namesOf(from.annex, missing)}`;
  },
  onlyingroup: ({ argument: group }, from) => onlyInGroupWords(group, from),
};

/** What is odd about the terms: a group that nobody is in. */
export const lint: Lints<Names> = {
  inallgroup: { inAnnex: lintNamed },
  onlyingroup: { inAnnex: lintNamed },
};

/** True without members; false when a member is gone; else all of them have it. */
function compileInAllGroup(name: string, annex: Annex): Operand {
  const { members, places } = annex.group(name);
  if (members.length === 0) return () => true;
  return (question) => {
    if (question.isGone && places.has(question.repository)) return false;
    const { live, clusters } = question.presence;
    return members.every((member) => live.includes(member) || clusters.includes(member));
  };
}

/** Some member is left, and every one left is a member. */
function compileOnlyInGroup(name: string, annex: Annex): Operand {
  const { members, places } = annex.group(name);
  if (members.length === 0) return () => false;
  return (question) => {
    const left = leftOf(question);
    return left.length > 0 && left.every((uuid) => places.has(uuid));
  };
}

/** Everybody who has the content, clusters too, but for who is taken not to have it. */
function leftOf(question: Question): readonly Uuid[] {
  const { live, clusters } = question.presence;
  return [...live, ...clusters].filter((uuid) => isLeft(question, uuid));
}

function onlyInGroupWords(group: string, { annex, question }: ReasonFrom): string {
  const { members, places } = annex.group(group);
  if (members.length === 0) return nobodyWords(group);
  const left = leftOf(question);
  const outside = left.filter((uuid) => !places.has(uuid));
  if (outside.length > 0) return `also in ${namesOf(annex, outside)}`;
  return left.length === 0 ? 'no copies' : `in ${namesOf(annex, left)}`;
}

function nobodyWords(group: string): string {
  return `nobody is in the group ${group}`;
}

function lintNamed(term: TermOf<Names>, { annex }: LintFrom): readonly Finding[] {
  return lintGroups([term.argument], term, annex);
}
