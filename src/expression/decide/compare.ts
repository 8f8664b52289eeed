import { areExclusive, subsumes, type Decision, type Supposition } from './decide.ts';
import { printExpression } from '../print/print.ts';
import type { Expression } from '../terms/tree.ts';
import { simplifyExpression } from './simplify-meaning.ts';

/** What two expressions have to do with each other, and where they part. */
export interface Comparison {
  /**
   * The closest relation that is proved: they match the same; the first implies the second, as the
   * second matches wherever the first does, or the other way round; they contradict each other, as
   * they never both match; or none of these. `unknown` where there is too much to try.
   */
  readonly relation: 'equal' | 'implies' | 'impliedBy' | 'contradictory' | 'neither' | 'unknown';
  /** Where the first matches and the second does not; `undefined` where nothing like that was found. */
  readonly onlyFirst: readonly Supposition[] | undefined;
  /** Where the second matches and the first does not; `undefined` where nothing like that was found. */
  readonly onlySecond: readonly Supposition[] | undefined;
  /** Where both match; `undefined` where nothing like that was found. */
  readonly both: readonly Supposition[] | undefined;
}

/**
 * Compares two expressions for every world. A relation that is told is proved; one that is not told may
 * still hold, and what is said of where they part may be impossible, when it rests on a relation between
 * two terms that is not known here, such as between two globs. Each is taken as the only expression of its
 * repository.
 */
export function compareExpressions(first: Expression, second: Expression): Comparison {
  const implied = subsumes(second, first);
  const implying = subsumes(first, second);
  const exclusive = areExclusive(first, second);
  return {
    relation: relationOf(implied, implying, exclusive),
    onlyFirst: counterexampleOf(implied),
    onlySecond: counterexampleOf(implying),
    both: counterexampleOf(exclusive),
  };
}

function relationOf(
  implied: Decision,
  implying: Decision,
  exclusive: Decision,
): Comparison['relation'] {
  if (implied.kind === 'proved') return implying.kind === 'proved' ? 'equal' : 'implies';
  if (implying.kind === 'proved') return 'impliedBy';
  if (exclusive.kind === 'proved') return 'contradictory';
  const all = [implied, implying, exclusive];
  return all.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'neither';
}

function counterexampleOf(decision: Decision): readonly Supposition[] | undefined {
  return decision.kind === 'notProved' ? decision.counterexample : undefined;
}

/**
 * Whether one expression can be put in the place of another, in every world and in every place: alone,
 * beside required content, as groupwanted, under `not`. That is more than being equivalent. Proved by
 * what {@link simplifyExpression} makes of both; where this is false it may still be so.
 */
export function areInterchangeable(left: Expression, right: Expression): boolean {
  return shortest(left) === shortest(right);
}

function shortest(tree: Expression): string {
  return printExpression(simplifyExpression(tree));
}
