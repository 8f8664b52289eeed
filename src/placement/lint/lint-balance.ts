/**
 * Whether the members of a group can balance it as a term asks (spec/expressions.md section 12).
 */
import {
  exactJson,
  parseExpression,
  termsIn,
  type Term,
  type TermNamed,
} from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { finding, type Finding } from './lint-codes.ts';
import { groupwantedOf } from '../evaluate/matcher.ts';
import { namesOf } from '../world/names.ts';

type BalancedTerm = TermNamed<'balanced' | 'fullybalanced' | 'sizebalanced' | 'fullysizebalanced'>;

/** What is odd about a balanced term in this annex. */
export function lintBalance(term: Term, annex: Annex): readonly Finding[] {
  switch (term.name) {
    case 'balanced':
    case 'fullybalanced':
    case 'sizebalanced':
    case 'fullysizebalanced':
      break;
    default:
      return [];
  }
  const { group, number } = term.argument;
  const { members } = annex.group(group);
  if (members.length === 0) return [];
  const { span, text } = term;
  const found: Finding[] = [];
  if (number.kind === 'fixed' && number.number > BigInt(members.length)) {
    const message = `${text} asks for ${number.number} members, and ${group} has ${members.length}`;
    const replacement = `${term.name}=${group}:${members.length}`;
    found.push(finding('BL107', message, { span, edit: { span, replacement } }));
  }
  const others = othersThan(term, annex);
  if (others.length > 0) {
    const have = others.length === 1 ? 'has an expression' : 'have expressions';
    const message = `of the group ${group}, ${namesOf(annex, others)} ${have} without ${text}`;
    found.push(finding('BL108', message, { span }));
  }
  if (term.name.endsWith('sizebalanced')) found.push(...lintMaxsizes(term, members, annex));
  return found;
}

/** "Members with a maxsize above 0" are picked by free space (spec/expressions.md section 12.4). */
function lintMaxsizes(
  { name, span, text }: BalancedTerm,
  members: readonly Uuid[],
  annex: Annex,
): readonly Finding[] {
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

const known = new WeakMap<Annex, Map<string, readonly Uuid[]>>();

/**
 * The members without a term that asks the same: looked for once, since every member has the term.
 */
function othersThan(term: BalancedTerm, annex: Annex): readonly Uuid[] {
  let kept = known.get(annex);
  if (kept === undefined) known.set(annex, (kept = new Map<string, readonly Uuid[]>()));
  const asks = questionIn(term);
  let others = kept.get(asks);
  if (others === undefined) {
    const { members } = annex.group(term.argument.group);
    others = members.filter((member) => !balancesAlike(member, asks, annex));
    kept.set(asks, others);
  }
  return others;
}

/** A text that terms have in common which are one question, such as `balanced=g` and `balanced=g:1`. */
function questionIn({ name, argument }: Term): string {
  return `${name} ${exactJson(argument)}`;
}

/** Whether a member's own expressions have a term that asks this, through `groupwanted` too. */
function balancesAlike(member: Uuid, asks: string, annex: Annex): boolean {
  const { wanted, required } = annex.settings(member);
  const own = [wanted, required].flatMap((each) => termsOf(each, annex));
  const isShared = own.some(({ name }) => name === 'groupwanted');
  const shared = isShared ? termsOf(groupwantedOf(annex, member).text, annex) : [];
  return [...own, ...shared].some((each) => questionIn(each) === asks);
}

function termsOf(text: string | undefined, annex: Annex): readonly Term[] {
  const parsed = text === undefined ? undefined : parseExpression(text, annex.dialect);
  return parsed?.kind === 'expression' ? termsIn(parsed.tree).map(({ term }) => term) : [];
}
