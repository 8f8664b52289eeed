import { unknownRepository } from '../../acts/troubles.ts';
import { badExpressionIn } from '../../state/expressions.ts';
import { done, troubled, type Performed, type SimulationState } from '../../state/state.ts';
import { randomExpression } from '../../random/random-expression.ts';

/** An expression for a repository, or for the group of `groupwanted`. */
export interface SetExpression {
  readonly target: string;
  readonly expression: string;
}

/** Of what terms chance makes an expression, and for whom. */
export interface SetRandomExpression {
  readonly target: string;
  readonly terms: readonly string[];
}

/** Sets what a repository wants or requires; an empty expression is none. */
export function setFor(
  kind: 'wanted' | 'required',
  { target, expression }: SetExpression,
  { network, dialect }: SimulationState,
): Performed {
  const repository = network.find(target);
  if (repository === undefined) return troubled(unknownRepository(target, network));
  const bad = badExpressionIn(expression, dialect);
  if (bad !== undefined) return troubled(bad);
  const value = expression === '' ? undefined : expression;
  network.configure(repository, kind === 'wanted' ? { wanted: value } : { required: value });
  return done;
}

/** Sets what a group wants; "an entry set to the empty string still counts" (spec/expressions.md section 7). */
export function setForGroup(
  { target, expression }: SetExpression,
  { network, dialect }: SimulationState,
): Performed {
  const bad = badExpressionIn(expression, dialect);
  if (bad !== undefined) return troubled(bad);
  network.setGroupwanted(target, expression);
  return done;
}

/**
 * Sets an expression by chance for a repository: "the log keeps the command, not the expression made". Nothing
 * is drawn for one that is not known.
 */
export function setRandomFor(
  kind: 'wanted' | 'required',
  { target, terms }: SetRandomExpression,
  state: SimulationState,
): Performed {
  if (state.network.find(target) === undefined) {
    return troubled(unknownRepository(target, state.network));
  }
  return setFor(kind, { target, expression: randomExpression(terms, state.randomness) }, state);
}
