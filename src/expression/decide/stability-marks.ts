/**
 * What a tree holds that more than its value depends on: unstable terms, and terms that may stand
 * for unstable ones, by whether an odd number of `not` is above them (spec/expressions.md section
 * 10).
 */
import { terms, type TermName, type TermRow } from '../terms/terms.ts';
import { termsIn } from '../terms/terms-in.ts';
import type { Expression, Term, TermNamed } from '../terms/tree.ts';

/** A set of {@link mark}s, and of the same under an odd number of `not`. */
export type StabilityMarks = number;

/** The bits of {@link StabilityMarks}: an unstable term, and the terms that may stand for unstable ones. */
export const mark = { unstable: 1, standard: 2, groupwanted: 4 } as const;

const width = 3;
const all = (1 << width) - 1;

/** The marks that some have become under one more `not`. */
export function negatedMarks(marks: StabilityMarks): StabilityMarks {
  return ((marks & all) << width) | (marks >> width);
}

/** The marks of a term as it stands. */
export function marksOfTerm({ name }: Term): StabilityMarks {
  if (name === 'standard' || name === 'groupwanted') return mark[name];
  return terms[name].stability === 'unstable' ? mark.unstable : 0;
}

/** All marks of a tree. */
export function marksOf(tree: Expression): StabilityMarks {
  let marks: StabilityMarks = 0;
  for (const { term, isNegated } of termsIn(tree)) {
    const own = marksOfTerm(term);
    marks |= isNegated ? negatedMarks(own) : own;
  }
  return marks;
}

/**
 * Whether the glob of a term can never be compiled: no value of such a term is right
 * (spec/expressions.md section 6.4).
 */
export function isUndecidable<N extends TermName>(term: TermNamed<N>): boolean {
  const row: Rows[N] = terms[term.name];
  return row.globIn(term.argument)?.isCompilable === false;
}

type Rows = { readonly [N in TermName]: TermRow<N> };
