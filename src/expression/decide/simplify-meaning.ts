/**
 * A shorter expression with the same meaning. What git-annex itself leaves out of a tree when it
 * reads one is simplify.ts.
 *
 * 1. The tree becomes forms (forms.ts): negations moved together, chains of one operator flat.
 * 2. Each chain loses what its other operands make superfluous (shorter-chain.ts), innermost first.
 * 3. The forms become a tree again, in the order in which the operands stood.
 */
import {
  ChainNames,
  chainForm,
  constantForm,
  negatedForm,
  termForm,
  treeOfForm,
  type Form,
} from './forms.ts';
import { shorterChain } from './shorter-chain.ts';
import { any, isEmpty, spineOf, type Expression } from '../terms/tree.ts';

/**
 * The expression without constants, double negation, operands that others imply, and what
 * contradicts itself. It has the same verdict in every world and in every place: alone, beside
 * required content, as groupwanted. Therefore what is unstable stays so and what is stable too, and
 * an operand stays, though superfluous, when it alone holds a `present`, `standard` or the like
 * that counts for stability (spec/expressions.md section 10). Only the empty expression becomes
 * empty; others that match everything become `anything`. Not always the shortest there is.
 */
export function simplifyExpression(tree: Expression): Expression {
  return isEmpty(tree) ? any : treeOfForm(formOf(tree, new ChainNames()));
}

/** Goes down the left spine in a loop, one run of an operator after the other. */
function formOf(tree: Expression, names: ChainNames): Form {
  const { first, joined } = spineOf(tree);
  let form = operandForm(first, names);
  let run: Form[] = [form];
  for (const [index, { kind, right }] of joined.entries()) {
    run.push(formOf(right, names));
    if (joined[index + 1]?.kind === kind) continue;
    form = shorterChain(chainForm(kind, run, names), names);
    run = [form];
  }
  return form;
}

function operandForm(
  operand: Exclude<Expression, { kind: 'and' | 'or' }>,
  names: ChainNames,
): Form {
  switch (operand.kind) {
    case 'any':
      return constantForm(true);
    case 'term':
      return termForm(operand);
    case 'not':
      return negatedForm(formOf(operand.operand, names));
  }
}
