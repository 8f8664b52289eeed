/**
 * From a sequence of tokens to a tree: the algorithm of spec/expressions.md section 3, which
 * accepts every arrangement. The tokens come from grammar/preferred-content.ohm.
 *
 * 1. Parentheses are paired; those that pair with nothing are ignored or closed at the end (3.1).
 * 2. Between neighbouring operands of the outermost sequence an `and` is put (3.2).
 * 3. The sequence is folded from the left into an accumulator that at first matches everything
 * (3.3).
 */
import type { FoundProblem, Span } from '../terms/problem.ts';
import { any, type Expression, type Term } from '../terms/tree.ts';

/** The words that join or negate. */
export type Operator = 'and' | 'or' | 'not';

/** A word of an expression, with its place where that can be at fault. */
export type Token =
  | { readonly kind: 'open'; readonly span: Span }
  | { readonly kind: 'close'; readonly span: Span }
  | { readonly kind: 'operator'; readonly operator: Operator; readonly span: Span }
  | { readonly kind: 'operand'; readonly term: Term };

/**
 * How deep groups and pending operators may nest: deeper than anyone writes, and far from the end
 * of the stack. git-annex itself has no limit.
 */
export const nestingMax = 500;

type Item =
  | { readonly kind: 'group'; readonly items: readonly Item[]; readonly span: Span }
  | { readonly kind: 'operator'; readonly operator: Operator; readonly span: Span }
  | { readonly kind: 'operand'; readonly term: Term };

type Folded =
  | { readonly kind: 'tree'; readonly tree: Expression }
  | { readonly kind: 'problem'; readonly problem: FoundProblem };

/** The tree that a sequence of tokens stands for, not yet simplified; or that it nests too deep. */
export function foldTokens(tokens: readonly Token[]): Folded {
  const limit: Limit = { tooDeepAt: undefined };
  const items = withImplicitAnd(pairParentheses(tokens));
  const tree = foldSequence({ items, index: 0, depth: 0, limit }, any);
  const span = limit.tooDeepAt;
  return span === undefined ? { kind: 'tree', tree } : { kind: 'problem', problem: tooDeep(span) };
}

/** A `)` with nothing open is ignored; groups still open at the end are closed there (3.1). */
function pairParentheses(tokens: readonly Token[]): readonly Item[] {
  const outermost: Item[] = [];
  const open: Item[][] = [outermost];
  for (const token of tokens) {
    const items = open.at(-1) ?? outermost;
    if (token.kind === 'open') {
      const inner: Item[] = [];
      items.push({ kind: 'group', items: inner, span: token.span });
      open.push(inner);
    } else if (token.kind === 'close') {
      if (open.length > 1) open.pop();
    } else items.push(token);
  }
  return outermost;
}

/** In the outermost sequence only, an `and` between every two neighbouring operands (3.2). */
function withImplicitAnd(items: readonly Item[]): readonly Item[] {
  return items.flatMap((item, index) => {
    const before = items[index - 1];
    const isJoined = before !== undefined && before.kind !== 'operator' && item.kind !== 'operator';
    const span = item.kind === 'operand' ? item.term.span : item.span;
    return isJoined ? [{ kind: 'operator', operator: 'and', span }, item] : [item];
  });
}

interface Limit {
  /** The first operator or group that lies too deep. */
  tooDeepAt: Span | undefined;
}

interface Cursor {
  readonly items: readonly Item[];
  index: number;
  readonly depth: number;
  readonly limit: Limit;
}

function foldSequence(cursor: Cursor, from: Expression): Expression {
  let accumulator = from;
  while (cursor.index < cursor.items.length) accumulator = step(cursor, accumulator, cursor.depth);
  return accumulator;
}

/** One step (3.3): takes what comes next into the accumulator. */
function step(cursor: Cursor, accumulator: Expression, depth: number): Expression {
  const item = cursor.items[cursor.index];
  if (item === undefined) return accumulator;
  cursor.index += 1;
  if (item.kind === 'operand') return { kind: 'and', left: accumulator, right: item.term };
  if (depth >= nestingMax) {
    cursor.limit.tooDeepAt ??= item.span;
    return accumulator;
  }
  if (item.kind === 'group') {
    // A group goes on from the accumulator, not from ANY.
    const inner = { items: item.items, index: 0, depth: depth + 1, limit: cursor.limit };
    return foldSequence(inner, accumulator);
  }
  const operand = step(cursor, any, depth + 1);
  if (item.operator === 'not') {
    return { kind: 'and', left: accumulator, right: { kind: 'not', operand } };
  }
  return { kind: item.operator, left: accumulator, right: operand };
}

function tooDeep(span: Span): FoundProblem {
  return {
    code: 'BX102',
    message: `the expression is nested more than ${nestingMax} deep`,
    span,
    expected: `at most ${nestingMax} open groups and pending operators`,
    hint: 'leave out parentheses that are not needed',
    gitAnnexMessage: undefined,
  };
}
