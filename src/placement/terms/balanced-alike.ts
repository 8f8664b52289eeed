/** Whether all members of a group balance it alike, without which the picks of each are not those of the others. */
import {
  exactJson,
  parseExpression,
  termsIn,
  type Term,
  type TermOf,
} from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { groupwantedOf } from '../world/stood-for.ts';
import type { BalancedName } from './balanced-pick.ts';

const known = new WeakMap<Annex, Map<string, readonly Uuid[]>>();

/**
 * The members of a term's group that have no term that asks the same: looked for once, since every
 * member has the term.
 */
export function membersWithout(term: TermOf<BalancedName>, annex: Annex): readonly Uuid[] {
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

/** One text for all terms that are one question, such as `balanced=g` and `balanced=g:1`. */
function questionIn({ name, argument }: Pick<Term, 'name' | 'argument'>): string {
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
