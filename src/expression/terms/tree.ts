import type { Span } from './problem.ts';
import type { TermArguments, TermName } from './terms.ts';

/** One term, with its value read. */
export type Term = TermNamed<TermName>;

/** The terms of these names: a union that stays correlated when the name is a type parameter. */
export type TermNamed<N extends TermName> = { readonly [M in N]: TermOf<M> }[N];

/** The term of one name, with the value that such a term has. */
export interface TermOf<N extends TermName> {
  readonly kind: 'term';
  readonly name: N;
  readonly argument: TermArguments[N];
  /** The word as it was written. */
  readonly text: string;
  readonly span: Span;
}

/**
 * A parsed expression. `and` and `or` lean to the left, without bound: code that walks a tree goes
 * down `left` in a loop and recurses only elsewhere, where the nesting limit of the parser holds.
 */
export type Expression = Term | Any | Both | Not;

/** What matches everything; stands where an operand is missing. */
export interface Any {
  readonly kind: 'any';
}

/** Two expressions joined by `and` or `or`. */
export type Both = Joined<'and'> | Joined<'or'>;

/** Two expressions joined by one operator. */
export interface Joined<Operator> {
  readonly kind: Operator;
  readonly left: Expression;
  readonly right: Expression;
}

/** An expression under `not`. */
export interface Not {
  readonly kind: 'not';
  readonly operand: Expression;
}

/** The expression that matches everything. */
export const any: Any = { kind: 'any' };

/**
 * Whether an expression counts as not configured (spec/expressions.md section 3.5). To be asked of
 * a simplified tree.
 */
export function isEmpty(tree: Expression): boolean {
  return tree.kind === 'any';
}

/** A tree's left spine: the leftmost operand, and what is joined to it one after the other. */
export interface Spine {
  readonly first: Exclude<Expression, Both>;
  readonly joined: readonly { readonly kind: 'and' | 'or'; readonly right: Expression }[];
}

/** The left spine of a tree: `((a or b) and c)` is a, `or b`, `and c`. */
export function spineOf(tree: Expression): Spine {
  const joined: { kind: 'and' | 'or'; right: Expression }[] = [];
  let node = tree;
  while (node.kind === 'and' || node.kind === 'or') {
    joined.push({ kind: node.kind, right: node.right });
    node = node.left;
  }
  return { first: node, joined: joined.reverse() };
}
