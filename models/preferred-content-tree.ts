/** What a text of a preferred content expression says, as a tree: section 2 and 3 of spec/expressions.md in the smallest terms. */
type Sequence = readonly (string | Sequence)[];
export type Tree = 'ANY' | { readonly term: string } | readonly ['not', Tree] | Joined;
type Joined = readonly ['and' | 'or', Tree, Tree];

/** Section 2. */
export function modelWords(text: string): readonly string[] {
  return text
    .replaceAll(/[()]/g, ' $& ')
    .split(/[\t-\r \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/)
    .filter((word) => word !== '');
}

/** Section 3: the tree of a text in which every term is good. */
export function modelTree(text: string): Tree {
  return simplified(folded(withAnds(grouped(modelWords(text), false).sequence), 'ANY'));
}

function grouped(
  words: readonly string[],
  isInner: boolean,
): { sequence: Sequence; rest: readonly string[] } {
  const sequence: (string | Sequence)[] = [];
  let rest = words;
  for (;;) {
    const [word, ...others] = rest;
    rest = others;
    if (word === undefined || (word === ')' && isInner)) return { sequence, rest };
    if (word === ')') continue;
    if (word !== '(') sequence.push(word);
    else {
      const inner = grouped(rest, true);
      sequence.push(inner.sequence);
      rest = inner.rest;
    }
  }
}

const isOperator = (part: string | Sequence | undefined): boolean =>
  part === 'and' || part === 'or' || part === 'not';

function withAnds(sequence: Sequence): Sequence {
  return sequence.flatMap((part, index) =>
    index > 0 && !isOperator(part) && !isOperator(sequence[index - 1]) ? ['and', part] : [part],
  );
}

function folded(sequence: Sequence, from: Tree): Tree {
  let [tree, rest]: Step = [from, sequence];
  while (rest.length > 0) [tree, rest] = step(tree, rest);
  return tree;
}

type Step = readonly [Tree, Sequence];

function step(m: Tree, [next, ...rest]: Sequence): Step {
  if (next === undefined) return [m, rest];
  if (typeof next !== 'string') return [folded(next, m), rest];
  if (!isOperator(next)) return [['and', m, { term: next }], rest];
  const [x, after] = step('ANY', rest);
  if (next === 'or') return [['or', m, x], after];
  return [['and', m, next === 'not' ? ['not', x] : x], after];
}

function simplified(tree: Tree): Tree {
  if (tree === 'ANY' || 'term' in tree) return tree;
  if (tree[0] === 'not') return ['not', simplified(tree[1])];
  if (tree[0] === 'and' && tree[1] === 'ANY') return simplified(tree[2]);
  if (tree[0] === 'and' && tree[2] === 'ANY') return simplified(tree[1]);
  return [tree[0], simplified(tree[1]), simplified(tree[2])];
}

/** The terms of a tree, in the order of its text. */
export function termsOf(tree: Tree): readonly string[] {
  if (tree === 'ANY') return [];
  if ('term' in tree) return [tree.term];
  return [tree[1], tree[2] ?? 'ANY'].flatMap(termsOf);
}
