import type { Place, Span } from './place.ts';

export type { Span } from './place.ts';

/** What can be wrong with a preferred content expression; codes are stable. */
export const problemCodes = {
  BX101: 'The expression is longer than the limit.',
  BX102: 'Groups or operators are nested deeper than the limit.',
  BX103: 'No term has this name.',
  BX104: 'The term takes no value.',
  BX105: 'The value is not a whole number.',
  BX106: 'The value has too many parts.',
  BX107: 'The value is not a size.',
  BX108: 'The value does not begin with the name of a metadata field.',
  BX109: 'The dialect does not have the term, or this form of it.',
} as const;

/** The code of a {@link Problem}, such as `BX104`; each stands for one sentence of `problemCodes`. */
export type ProblemCode = keyof typeof problemCodes;

/** Something wrong with an expression: data, never thrown. {@link formatProblem} shows it. */
export interface Problem extends Place {
  readonly code: ProblemCode;
  /** A sentence about this very text. */
  readonly message: string;
  /** Where, in the expression. */
  readonly span: Span;
  /** What could have stood there. */
  readonly expected: string;
  /** What to do about it, when something can be guessed. */
  readonly hint: string | undefined;
  /**
   * What git-annex says after `Parse failure: ` (spec/expressions.md section 4); `undefined` where
   * git-annex accepts and ballast has a limit.
   */
  readonly gitAnnexMessage: string | undefined;
}

/** A problem before its line and column have been counted. */
export type FoundProblem = Omit<Problem, keyof Place>;

/**
 * A problem for people: code, line, column, what is wrong, the line with carets under it, what was
 * expected and what was likely meant. Several lines without a line end; every character can be
 * shown.
 */
export function formatProblem(problem: Problem): string {
  const { code, line, column, message, excerpt, expected, hint } = problem;
  return [
    `${code} at line ${line}, column ${column}: ${message}`,
    `  ${excerpt.text}`,
    `  ${excerpt.carets}`,
    `  expected: ${expected}`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ].join('\n');
}

/**
 * The line that `git annex wanted` prints after `git-annex: ` for these problems, or `undefined`
 * when git-annex would accept the expression (spec/expressions.md section 4).
 */
export function gitAnnexError(
  problems: readonly Pick<Problem, 'gitAnnexMessage'>[],
): string | undefined {
  const messages = problems.flatMap(({ gitAnnexMessage }) => gitAnnexMessage ?? []);
  if (messages.length === 0) return undefined;
  return `Parse error: ${messages.map((message) => `Parse failure: ${message}`).join(' ')}`;
}
