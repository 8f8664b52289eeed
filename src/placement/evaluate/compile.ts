import { spineOf, type Expression } from '../../expression/index.ts';
import type { Compiled, Setting } from '../family/setting.ts';
import { isPresent, type Operand } from '../world/question.ts';
import type { RefusedExpressionError } from '../world/refused.ts';
import { meaningOf } from './meanings.ts';
import { stabilityOf } from './stability.ts';

/**
 * What stands in for an expression that is missing or does not parse: "present: what is there
 * stays".
 */
export const presentCompiled: Compiled = {
  operand: isPresent,
  hasUnstable: true,
  isUnstable: false,
  refused: undefined,
};

/** What stands in for an expression that is refused: no answer. */
export function refusedCompiled(refused: RefusedExpressionError): Compiled {
  const operand: Operand = () => {
    throw refused;
  };
  return { operand, hasUnstable: false, isUnstable: false, refused };
}

/**
 * An expression made ready, or `undefined` when it uses a `groupwanted` that does not parse
 * (spec/expressions.md section 7).
 */
export function compile(tree: Expression, setting: Setting): Compiled | undefined {
  const { hasUnstable, negated, isUnparsable, refused } = stabilityOf(tree, setting);
  if (refused !== undefined) return refusedCompiled(refused);
  if (isUnparsable) return undefined;
  const operand = compileTree(tree, setting);
  return { operand, hasUnstable, isUnstable: negated.length > 0, refused };
}

function compileTree(tree: Expression, setting: Setting): Operand {
  const { first, joined } = spineOf(tree);
  const head = compileOperand(first, setting);
  const rights = joined.map(({ right }) => compileTree(right, setting));
  const ands = joined.map(({ kind }) => kind === 'and');
  const [right] = rights;
  if (right === undefined) return head;
  if (rights.length > 1) return chain(head, rights, ands);
  return ands[0] === true
    ? (question) => head(question) && right(question)
    : (question) => head(question) || right(question);
}

/** Left to right, with short circuit at each step (spec/expressions.md section 3.6). */
function chain(head: Operand, rights: readonly Operand[], ands: readonly boolean[]): Operand {
  return (question) => {
    let value = head(question);
    for (let index = 0; index < rights.length; index += 1) {
      if (value === ands[index]) value = rights[index]?.(question) ?? value;
    }
    return value;
  };
}

function compileOperand(
  operand: Exclude<Expression, { kind: 'and' | 'or' }>,
  setting: Setting,
): Operand {
  switch (operand.kind) {
    case 'any':
      return () => true;
    case 'term':
      return meaningOf(operand, setting);
    case 'not': {
      const inner = compileTree(operand.operand, setting);
      return (question) => !inner(question);
    }
  }
}
