/** How a family tells why its terms have the values that they have, and the words for it. */
import type { TermName, TermOf } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import { nameOf, namesOf } from '../world/names.ts';
import { isPresent, type Question } from '../world/question.ts';
import type { Balance } from './balance.ts';

/** What is known of the value of a term. */
export interface Facts {
  /** Such as "1 of 2, usb1"; empty where there is nothing to tell. */
  readonly because: string;
  /** Of balanced terms: how the pick was made. */
  readonly balance: Balance | undefined;
}

/** What a reason is looked for in. */
export interface ReasonFrom {
  readonly annex: Annex;
  readonly question: Question;
  /** Inside what `groupwanted` or `standard` stands for. */
  readonly isInner: boolean;
}

/** Why the terms of these names have their values: a family's `because`. Words alone are facts, too. */
export type Reasons<N extends TermName = TermName> = {
  readonly [M in N]: (term: TermOf<M>, from: ReasonFrom) => Facts | string;
};

/** Whether the repository that is asked about has the content. */
export function presenceWords({ annex, question }: ReasonFrom): string {
  const name = nameOf(annex, question.repository);
  return `${name} ${isPresent(question) ? 'has it' : 'does not have it'}`;
}

/** The file that is asked for. */
export function fileWords({ question: { item } }: ReasonFrom): string {
  return item.file === undefined ? 'no file uses it' : `the file is ${quotedReason(item.file)}`;
}

/** Names of repositories behind a number of them; nothing for none. */
export function listed(uuids: readonly Uuid[], annex: Annex): string {
  return uuids.length === 0 ? '' : `, ${namesOf(annex, uuids)}`;
}

/** The values that something has. */
export function valueWords(values: readonly string[]): string {
  return values.length === 0 ? 'not set' : values.map(quotedReason).join(', ');
}

/** A text between quotes, with what would not be seen escaped. */
export function quotedReason(text: string): string {
  return JSON.stringify(text);
}
