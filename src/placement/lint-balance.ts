/** Whether the members of a group can balance it as a term asks (spec/expressions.md section 12). */
import { parseExpression, termsIn, type Term } from '../expression/index.ts';
import type { Uuid } from '../units/index.ts';
import type { Annex } from './annex.ts';
import { finding, type Finding } from './lint-codes.ts';
import { groupwantedOf } from './matcher.ts';
import { namesOf } from './names.ts';

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
  const others = members.filter((member) => !balancesAlike(member, text, annex));
  if (others.length > 0) {
    const message = `of the group ${group}, ${namesOf(annex, others)} has an expression without ${text}`;
    found.push(finding('BL108', message, { span }));
  }
  const unlimited = members.filter((member) => annex.settings(member).maxsizeBytes === undefined);
  if (term.name.endsWith('sizebalanced') && unlimited.length > 0) {
    const message = `${namesOf(annex, unlimited)} has no maxsize, and is never picked by free space`;
    found.push(finding('BL109', message, { span }));
  }
  return found;
}

/** Whether a member's own expressions have the very same term, through `groupwanted` too. */
function balancesAlike(member: Uuid, text: string, annex: Annex): boolean {
  const { wanted, required } = annex.settings(member);
  const own = [wanted, required].flatMap((each) => termsOf(each, annex));
  const isShared = own.some(({ name }) => name === 'groupwanted');
  const shared = isShared ? termsOf(groupwantedOf(annex, member).text, annex) : [];
  return [...own, ...shared].some((each) => each.text === text);
}

function termsOf(text: string | undefined, annex: Annex): readonly Term[] {
  const parsed = text === undefined ? undefined : parseExpression(text, annex.dialect);
  return parsed?.kind === 'expression' ? termsIn(parsed.tree).map(({ term }) => term) : [];
}
