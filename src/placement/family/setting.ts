/** How a family says what its terms mean: an operand for each, made ready once for a repository. */
import type { TermArguments, TermName } from '../../expression/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Annex } from '../world/annex.ts';
import type { Operand } from '../world/question.ts';
import type { RefusedExpressionError } from '../world/refused.ts';
import type { StandIn } from '../world/stood-for.ts';

/** An expression made ready for one repository. */
export interface Compiled {
  readonly operand: Operand;
  /** An unstable term is somewhere in it (spec/expressions.md section 10). */
  readonly hasUnstable: boolean;
  /** An unstable term is under an odd number of `not`: the expression must not be used. */
  readonly isUnstable: boolean;
  /** Where the expression is refused, or what it uses is: its operand throws this. */
  readonly refused: RefusedExpressionError | undefined;
}

/** Where a term is compiled: for this repository of this annex. */
export interface Setting {
  readonly annex: Annex;
  readonly repository: Uuid;
  /** What `standard` or `groupwanted` stands for here; `undefined` when that does not parse. */
  standFor(name: StandIn): Compiled | undefined;
}

/** What the terms of these names mean: a family's `compile`. */
export type Meanings<N extends TermName = TermName> = {
  readonly [M in N]: (argument: TermArguments[M], setting: Setting) => Operand;
};
