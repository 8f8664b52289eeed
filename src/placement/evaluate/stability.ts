import { terms, termsIn, type Expression, type Term } from '../../expression/index.ts';
import type { Setting } from '../family/setting.ts';
import type { RefusedExpressionError } from '../world/refused.ts';
import { isStandIn } from '../world/stood-for.ts';

/** What a tree holds that more than its value depends on (spec/expressions.md section 10). */
export interface Stability {
  /** An unstable operand is somewhere in it, under `not` or not. */
  readonly hasUnstable: boolean;
  /** The unstable operands under an odd number of `not`: with any of these the tree is not used. */
  readonly negated: readonly Term[];
  /**
   * The expression uses a `groupwanted` that does not parse, and so does not parse either (spec/expressions.md
   * section 7).
   */
  readonly isUnparsable: boolean;
  /** The expression uses a `groupwanted` that is refused. */
  readonly refused: RefusedExpressionError | undefined;
}

/**
 * Looks through the whole tree for unstable operands. What `standard` and `groupwanted` stand for
 * is one operand: unstable when anything in it is, negated there or not.
 */
export function stabilityOf(tree: Expression, setting: Setting): Stability {
  const negated: Term[] = [];
  let [hasUnstable, isUnparsable] = [false, false];
  let refused: RefusedExpressionError | undefined;
  for (const { term, isNegated } of termsIn(tree)) {
    let isUnstable = terms[term.name].stability === 'unstable';
    if (isStandIn(term)) {
      const stoodFor = setting.standFor(term.name);
      if (stoodFor === undefined) isUnparsable = true;
      refused ??= stoodFor?.refused;
      isUnstable = stoodFor?.hasUnstable ?? true;
    }
    if (!isUnstable) continue;
    hasUnstable = true;
    if (isNegated) negated.push(term);
  }
  return { hasUnstable, negated, isUnparsable, refused };
}
