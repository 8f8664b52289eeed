import { spineOf, type Expression, type Term } from './tree.ts';

/** A term where it stands in a tree. */
export interface PlacedTerm {
  readonly term: Term;
  /**
   * Under an odd number of `not`, which is what makes unstable terms a trouble (spec/expressions.md
   * section 10).
   */
  readonly isNegated: boolean;
}

/** The terms of a tree, in the order of the text. Each as often as it was written. */
export function termsIn(tree: Expression): readonly PlacedTerm[] {
  const found: PlacedTerm[] = [];
  gather(tree, false, found);
  return found;
}

function gather(tree: Expression, isNegated: boolean, found: PlacedTerm[]): void {
  const { first, joined } = spineOf(tree);
  if (first.kind === 'term') found.push({ term: first, isNegated });
  else if (first.kind === 'not') gather(first.operand, !isNegated, found);
  for (const { right } of joined) gather(right, isNegated, found);
}
