/** The balanced terms (spec/expressions.md section 12, spec/newest.md section 2.4). */
import type {
  BalancedTest,
  KeepingBalancedArgument,
  Term,
  TermNamed,
  TermOf,
} from '../../expression/index.ts';
import type { Balance, FullMember } from '../family/balance.ts';
import { finding, type Finding } from '../family/finding.ts';
import { lintGroups, limitGroups } from '../family/group-names.ts';
import type { LintFrom, Lints } from '../family/lint.ts';
import type { Facts, ReasonFrom, Reasons } from '../family/reason.ts';
import type { Meanings, Setting } from '../family/setting.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { nameOf, namesOf } from '../world/names.ts';
import { isLogged, isPresent, type Operand, type Question } from '../world/question.ts';
import { membersWithout } from './balanced-alike.ts';
import { compilePick, type BalancedName } from './balanced-pick.ts';
import { compileCopies, compileLackingCopies } from './copies.ts';

/**
 * What the terms mean: those named `fully` whom they pick; the others keep what is present, and pick
 * while copies are too few.
 */
export const compile: Meanings<BalancedName> = {
  balanced: (argument, setting) => keepingPresent('fullybalanced', argument, setting),
  sizebalanced: (argument, setting) => keepingPresent('fullysizebalanced', argument, setting),
  fullybalanced: (argument, { annex }) => compilePick('fullybalanced', argument, annex).isPicked,
  fullysizebalanced: (argument, { annex }) =>
    compilePick('fullysizebalanced', argument, annex).isPicked,
};

/** Why the terms have their values: the whole pick. */
export const because: Reasons<BalancedName> = {
  balanced: balanceFacts,
  sizebalanced: balanceFacts,
  fullybalanced: balanceFacts,
  fullysizebalanced: balanceFacts,
};

/** What is odd about the terms: whether the members of the group can balance it as the term asks. */
export const lint: Lints<BalancedName> = {
  balanced: { inAnnex: lintBalance, stable: ({ text }) => `fully${text}` },
  sizebalanced: {
    inAnnex: (term, from) => [...lintBalance(term, from), ...lintMaxsizes(term, from)],
    stable: ({ text }) => `fully${text}`,
  },
  fullybalanced: { inAnnex: lintBalance },
  fullysizebalanced: {
    inAnnex: (term, from) => [...lintBalance(term, from), ...lintMaxsizes(term, from)],
  },
};

/** Whether a term is one of the family. */
export function isBalanced(term: Term): term is TermNamed<BalancedName> {
  return Object.hasOwn(compile, term.name);
}

/** "present or (TEST and fully...)"; with `--rebalance` only the last (12.1). */
function keepingPresent(
  name: 'fullybalanced' | 'fullysizebalanced',
  argument: KeepingBalancedArgument,
  { annex }: Setting,
): Operand {
  const fully = compilePick(name, argument, annex).isPicked;
  if (annex.configuration.rebalance) return fully;
  const isWanting = compileTest(argument.test, annex);
  return (question) => isPresent(question) || (isWanting(question) && fully(question));
}

/** Whether copies are too few. */
function compileTest(test: BalancedTest, annex: Annex): Operand {
  if (test.kind === 'lackingCopies') return compileLackingCopies(test.lacking, annex);
  const hasCopies = compileCopies(test.copies, annex);
  return (question) => !hasCopies(question);
}

function balanceFacts(term: TermOf<BalancedName>, from: ReasonFrom): Facts {
  const balance = balanceOf(term, from);
  return { because: balanceWords(balance, from), balance };
}

function balanceOf(
  { name, argument }: TermOf<BalancedName>,
  { annex, question }: ReasonFrom,
): Balance {
  const { members, maxsizesBytes } = annex.group(argument.group);
  const { number, candidates, by, first, picked } = compilePick(name, argument, annex).whole(
    question,
  );
  const full = members.flatMap((repository, place) =>
    candidates.includes(repository) ? [] : [fullMember(repository, maxsizesBytes[place], question)],
  );
  const isKept = !name.startsWith('fully') && !annex.configuration.rebalance && isPresent(question);
  return { number, members, candidates, full, by, first, picked, isKept };
}

function fullMember(
  repository: Uuid,
  maxsizeBytes: bigint | undefined,
  { item, world, presence }: Question,
): FullMember {
  const sizeBytes = world.sizeBytes(repository) ?? 0n;
  const incomingBytes = isLogged(presence, repository) ? 0n : (item.key.sizeBytes ?? 0n);
  const overBytes =
    maxsizeBytes === undefined ? undefined : sizeBytes + incomingBytes - maxsizeBytes;
  return { repository, maxsizeBytes, overBytes };
}

function balanceWords(balance: Balance, { annex, question }: ReasonFrom): string {
  const { number, members, candidates, full, by, first, picked, isKept } = balance;
  if (isKept) return `${nameOf(annex, question.repository)} has it, and keeps it`;
  if (members.length === 0) return 'nobody is in the group';
  const begin = first === undefined ? '' : ` from number ${first + 1}`;
  return [
    `${number} of ${candidates.length} with room (${members.length} members), by ${by}${begin}`,
    `picked ${picked.length === 0 ? 'nobody' : namesOf(annex, picked)}`,
    ...full.map(({ repository, overBytes }) => {
      const name = nameOf(annex, repository);
      if (overBytes === undefined) return `${name} has no maxsize`;
      return overBytes > 0n ? `${name} would be ${overBytes} bytes over` : `${name} is full`;
    }),
  ].join('; ');
}

function lintBalance(term: TermOf<BalancedName>, { annex }: LintFrom): readonly Finding[] {
  const { span, text, name } = term;
  const { group, number } = term.argument;
  const limited = number.kind === 'lacking' ? limitGroups(number.limit) : [];
  const found = [...lintGroups([group, ...limited], term, annex)];
  const { members } = annex.group(group);
  if (members.length === 0) return found;
  if (number.kind === 'fixed' && number.number > BigInt(members.length)) {
    const message = `${text} asks for ${number.number} members, and ${group} has ${members.length}`;
    const replacement = `${name}=${group}:${members.length}`;
    found.push(finding('BL107', message, { span, edit: { span, replacement } }));
  }
  const others = membersWithout(term, annex);
  if (others.length > 0) {
    const have = others.length === 1 ? 'has an expression' : 'have expressions';
    const message = `of the group ${group}, ${namesOf(annex, others)} ${have} without ${text}`;
    found.push(finding('BL108', message, { span }));
  }
  return found;
}

/** "Members with a maxsize above 0" are picked by free space (12.4). */
function lintMaxsizes(
  { name, span, text, argument }: TermOf<BalancedName>,
  { annex }: LintFrom,
): readonly Finding[] {
  const { members } = annex.group(argument.group);
  const edit = { span, replacement: text.replace('size', '') };
  const having = (maxsizeBytes: bigint | undefined): readonly Uuid[] =>
    members.filter((member) => annex.settings(member).maxsizeBytes === maxsizeBytes);
  return (
    [
      [having(undefined), 'no maxsize'],
      [having(0n), 'maxsize 0'],
    ] as const
  )
    .filter(([lacking]) => lacking.length > 0)
    .map(([lacking, what]) => {
      const one = lacking.length === 1;
      const message = `${namesOf(annex, lacking)} ${one ? 'has' : 'have'} ${what}, and ${one ? 'is' : 'are'} never picked by ${name}`;
      return finding('BL109', message, { span, edit });
    });
}
