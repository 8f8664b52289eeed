import { parseExpression, type Dialect } from '../../expression/index.ts';
import type { Command } from '../language/command.ts';
import { randomExpression } from '../random/random-expression.ts';
import { done, troubled, type Performed, type SimulationState } from './state.ts';
import { badExpression, unknownRepository, type Trouble } from '../acts/troubles.ts';

type SetExpression = Extract<Command, { expression: string; target: string }>;
type SetRandomExpression = Extract<Command, { terms: readonly string[] }>;

/** `wanted`, `required` and `groupwanted`; an empty expression is none for a repository, and true for a group. */
export function setExpression(command: SetExpression, state: SimulationState): Performed {
  const { kind, target, expression } = command;
  const { network } = state;
  const repository = kind === 'groupwanted' ? undefined : network.find(target);
  if (kind !== 'groupwanted' && repository === undefined) {
    return troubled(unknownRepository(target, network));
  }
  const bad = badExpressionIn(expression, state.dialect);
  if (bad !== undefined) return troubled(bad);
  const value = expression === '' ? undefined : expression;
  if (repository !== undefined && kind !== 'groupwanted') {
    network.configure(repository, kind === 'wanted' ? { wanted: value } : { required: value });
  }
  // "An entry set to the empty string still counts" (spec/expressions.md section 7), in the real simulator too.
  else network.setGroupwanted(target, value ?? '');
  return done;
}

/** `randomwanted` and its kin: "the log keeps the command, not the expression made". */
export function setRandomExpression(
  command: SetRandomExpression,
  state: SimulationState,
): Performed {
  const { target, terms } = command;
  const kind = expressionKinds[command.kind];
  if (kind !== 'groupwanted' && state.network.find(target) === undefined) {
    return troubled(unknownRepository(target, state.network));
  }
  const expression = randomExpression(terms, state.randomness);
  return setExpression({ kind, target, expression }, state);
}

const expressionKinds = {
  randomwanted: 'wanted',
  randomrequired: 'required',
  randomgroupwanted: 'groupwanted',
} as const;

/** What is wrong with an expression; `undefined` when it parses. */
export function badExpressionIn(text: string, dialect: Dialect): Trouble | undefined {
  const parsed = parseExpression(text, dialect);
  if (parsed.kind === 'expression') return undefined;
  const { gitAnnexError, problems } = parsed;
  const failure = gitAnnexError?.replace(/^Parse error: /, '') ?? problems[0]?.message ?? '';
  return badExpression(text, problems, failure);
}
