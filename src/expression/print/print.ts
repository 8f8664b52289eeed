import { spineOf, type Expression } from '../terms/tree.ts';

/**
 * The text of a tree, in git-annex's own language, with no parentheses but those it needs: what one
 * operator joins after another stands side by side, since `and` and `or` bind alike and to the
 * left, and `not` takes the operand behind it (spec/expressions.md section 3.3).
 *
 * The text parses to the same tree again, in the dialect that read its terms, whatever the
 * arrangement was: an operand that is missing in the tree is missing in the text, or is `()` where
 * something follows it. It can be longer than the text that the tree came from, since every `and`
 * is written out, and so too long to be parsed when that one was near the limit.
 */
export function printExpression(tree: Expression): string {
  return sequence(tree).join(' ').replaceAll('( ', '(').replaceAll(' )', ')');
}

/**
 * Stands for everything where a bare missing operand of `and` would be taken out
 * (spec/expressions.md section 3.4).
 */
const keptAny = ['(', 'and', ')'];

/** The words that fold to this tree from an accumulator that matches everything. */
function sequence(tree: Expression): readonly string[] {
  const { first, joined } = spineOf(tree);
  const words: string[] = [];
  if (first.kind !== 'any') words.push(...step(first, { isLast: joined.length === 0 }));
  else if (joined[0]?.kind === 'and') words.push(...keptAny);
  for (const [index, { kind, right }] of joined.entries()) {
    const isLast = index === joined.length - 1;
    words.push(kind, ...rightOf(kind, right, { isLast }));
  }
  return words;
}

interface Place {
  /** Nothing follows in the sequence, so that an operand may be missing. */
  readonly isLast: boolean;
}

function rightOf(kind: 'and' | 'or', right: Expression, { isLast }: Place): readonly string[] {
  if (kind === 'or' || right.kind !== 'any') return step(right, { isLast });
  return isLast ? ['and'] : keptAny;
}

/** The words that one step of the folding takes for this tree. */
function step(tree: Expression, place: Place): readonly string[] {
  switch (tree.kind) {
    case 'any':
      return place.isLast ? [] : ['(', ')'];
    case 'term':
      return [tree.text];
    case 'not':
      return ['not', ...step(tree.operand, place)];
    case 'or':
      if (tree.left.kind === 'any') return ['or', ...step(tree.right, place)];
      return ['(', ...sequence(tree), ')'];
    case 'and':
      return ['(', ...sequence(tree), ')'];
  }
}
