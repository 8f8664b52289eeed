import type { Edit, Span } from '../../expression/index.ts';

/** What the lint finds; codes are stable. */
export const findingCodes = {
  BL101:
    'A term that changes with presence is used under "not", so that content would come and go.',
  BL102: 'The expression is always true.',
  BL103: 'The expression is never true.',
  BL104: '"standard" or "groupwanted" stands for nothing here, and means "present".',
  BL105: '"standard" or "groupwanted" has several groups to choose from, and means "present".',
  BL106: 'Nobody is in the group.',
  BL107: 'A balanced term asks for more members than the group has.',
  BL108: 'Members of a balanced group have expressions that do not balance it alike.',
  BL109: 'A member of a group balanced by free space has no maxsize above 0, and is never picked.',
  BL110: 'Required content is set where nothing can be held.',
  BL111: 'The glob cannot be compiled; git-annex hangs on it.',
  BL112: 'The glob cannot match any file of a repository.',
  BL113: 'The git-annex of this dialect lacks the term, or this form of it.',
  BL114: 'The expression does not parse, and means "present".',
  BL115: 'Another version of git-annex reads the term in another way.',
  BL116: 'An operator has nothing to join.',
  BL117: 'A group inside of a group is not joined by "and", and does not nest as it looks.',
  BL118: 'A parenthesis has no partner.',
  BL119: 'The group is named like a trust level, and cannot be counted.',
  BL120:
    'The expression is longer or nested deeper than is read here; git-annex has no such limit.',
  BL121: 'The git-annex of this dialect accepts the term, and answers it wrongly.',
} as const;

/** The code of a {@link Finding}, such as `BL101`; each stands for one sentence of `findingCodes`. */
export type FindingCode = keyof typeof findingCodes;

/** Something to look at: data, never thrown. */
export interface Finding {
  readonly code: FindingCode;
  /** A sentence about this very text. */
  readonly message: string;
  /** Where, in the expression; `undefined` for what is not in one. */
  readonly span: Span | undefined;
  /** What to write instead, where that can be said. */
  readonly edit: Edit | undefined;
}

/** A finding, with less to write. */
export function finding(
  code: FindingCode,
  message: string,
  { span, edit }: { readonly span?: Span | undefined; readonly edit?: Edit | undefined } = {},
): Finding {
  return { code, message, span, edit };
}
