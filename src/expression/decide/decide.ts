/**
 * What can be proved of expressions for every world: by trying all answers to the questions that
 * their terms ask, but those that contradict each other.
 *
 * Sound: what is proved holds in every world, unstable terms under `not`, `standard` and
 * `groupwanted` whatever they stand for, and globs that cannot be compiled included. Not complete:
 * only relations between two questions are known, and not all of those (related-atoms.ts), so that
 * what is not proved may still hold. Each expression is taken as the only one of its repository;
 * one that has wanted and required content is the two joined by `or` (spec/expressions.md section
 * 9).
 */
import { relate, type Answers, type Suppositions } from './suppositions.ts';
import type { Atom } from './atoms.ts';
import { termsIn } from '../terms/terms-in.ts';
import type { Expression } from '../terms/tree.ts';
import { verdictOf, type Numbering, type Truth, type Verdict } from './verdict.ts';

/**
 * How many different questions the terms of what is decided may ask. People write fewer than ten.
 */
export const decidedAtomsMax = 20;

/** How many suppositions are tried before giving up. */
const decidedStepsMax = 20_000;

/**
 * How many terms are looked at in all those tries. An expression of fifty terms may have all its
 * steps, the longest one that parses some four hundred: a tenth of a second either way.
 */
const decidedWorkMax = 1_000_000;

/** What was found out about a claim. */
export type Decision =
  /** It holds in every world. */
  | { readonly kind: 'proved' }
  /**
   * Where this is so the claim does not hold. There may be no such world, when a relation between
   * the terms is not known here.
   */
  | { readonly kind: 'notProved'; readonly counterexample: readonly Supposition[] }
  /**
   * More different questions than {@link decidedAtomsMax}, more tries than {@link decidedStepsMax},
   * or more work than {@link decidedWorkMax}.
   */
  | { readonly kind: 'unknown' };

/** A term, or a sentence about what cannot be seen in an expression, and whether it is true. */
export interface Supposition {
  readonly says: string;
  readonly isTrue: boolean;
}

/**
 * Whether two expressions have the same verdict in every world. The empty one has no equivalent.
 */
export function areEquivalent(left: Expression, right: Expression): Decision {
  return decide([left, right], ([one, other]) =>
    one === undefined || other === undefined ? undefined : one === other,
  );
}

/** Whether an expression matches wherever another one does. */
export function subsumes(wider: Expression, narrower: Expression): Decision {
  return decide([wider, narrower], ([wide, narrow]) => {
    if (wide === true || narrow === false) return true;
    return wide === undefined || narrow === undefined ? undefined : false;
  });
}

/** Whether two expressions never both match, in whatever world. */
export function areExclusive(left: Expression, right: Expression): Decision {
  return decide([left, right], ([one, other]) => {
    if (one === false || other === false) return true;
    return one === undefined || other === undefined ? undefined : false;
  });
}

/** Whether an expression matches in every world. */
export function isAlways(tree: Expression): Decision {
  return decide([tree], ([verdict]) => verdict);
}

/** Whether an expression matches in no world. */
export function isNever(tree: Expression): Decision {
  return decide([tree], ([verdict]) => (verdict === undefined ? undefined : !verdict));
}

function decide(
  trees: readonly Expression[],
  claim: (verdicts: readonly Truth[]) => Truth,
): Decision {
  const atoms: Atom[] = [];
  const says: string[] = [];
  const numbering = numberingOf(atoms, says);
  const verdicts = trees.map((tree) => verdictOf(tree, numbering));
  if (atoms.length > decidedAtomsMax) return { kind: 'unknown' };
  const termCount = trees.reduce((count, tree) => count + termsIn(tree).length, 0);
  const stepsLeft = Math.min(decidedStepsMax, Math.ceil(decidedWorkMax / Math.max(1, termCount)));
  const refutation: Refutation = { relations: relate(atoms), verdicts, claim, stepsLeft };
  const found = refute(refutation, Array.from<undefined>({ length: atoms.length }));
  if (found.kind !== 'refuted') return found;
  const counterexample = found.answers.flatMap((isTrue, index) =>
    isTrue === undefined ? [] : [supposition(says[index] ?? '', isTrue)],
  );
  return { kind: 'notProved', counterexample };
}

function numberingOf(atoms: Atom[], says: string[]): Numbering {
  const indexes = new Map<string, number>();
  return {
    indexOf(atom, text) {
      const known = indexes.get(atom.name);
      if (known !== undefined) return known;
      indexes.set(atom.name, atoms.length);
      says.push(text);
      return atoms.push(atom) - 1;
    },
  };
}

function supposition(says: string, isTrue: boolean): Supposition {
  const bare = says.replace(/^not /, '');
  return bare === says ? { says, isTrue } : { says: bare, isTrue: !isTrue };
}

interface Refutation {
  readonly relations: Suppositions;
  readonly verdicts: readonly Verdict[];
  readonly claim: (verdicts: readonly Truth[]) => Truth;
  stepsLeft: number;
}

type Attempt =
  | { readonly kind: 'refuted'; readonly answers: Answers }
  /** The claim holds under all of them, or there are too many to try. */
  | { readonly kind: 'proved' | 'unknown' };

/** Looks for answers, among those that have these, under which the claim does not hold. */
function refute(refutation: Refutation, answers: Answers): Attempt {
  if (refutation.stepsLeft === 0) return { kind: 'unknown' };
  refutation.stepsLeft -= 1;
  const holds = refutation.claim(refutation.verdicts.map((verdict) => verdict(answers)));
  if (holds !== undefined) return holds ? { kind: 'proved' } : { kind: 'refuted', answers };
  const index = answers.indexOf(undefined);
  if (index < 0) throw new Error('all questions are answered and a verdict is open');
  for (const value of [true, false]) {
    const next = refutation.relations.suppose(answers, index, value);
    if (next === undefined) continue;
    const found = refute(refutation, next);
    if (found.kind !== 'proved') return found;
  }
  return { kind: 'proved' };
}
