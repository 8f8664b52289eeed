import type { Both, Expression } from '../terms/tree.ts';

/**
 * Takes out operands that were missing in the text, top-down (spec/expressions.md section 3.4):
 * `AND(ANY, x)` is x, else `AND(x, ANY)` is x. "The test for ANY is made before the parts are
 * simplified", so what becomes ANY only afterwards stays.
 */
export function simplify(tree: Expression): Expression {
  const joined: { kind: Both['kind']; right: Expression }[] = [];
  let node = tree;
  for (;;) {
    if (node.kind === 'and' && node.left.kind === 'any') node = node.right;
    else if (node.kind === 'and' && node.right.kind === 'any') node = node.left;
    else if (node.kind === 'and' || node.kind === 'or') {
      joined.push({ kind: node.kind, right: simplify(node.right) });
      node = node.left;
    } else break;
  }
  const first: Expression =
    node.kind === 'not' ? { kind: 'not', operand: simplify(node.operand) } : node;
  return joined.reduceRight<Expression>((left, { kind, right }) => ({ kind, left, right }), first);
}
