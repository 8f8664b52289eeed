/**
 * An explanation as git-annex's option `--explain` words it, found by asking 10.20250416. Its parentheses
 * are not those of the expression: what was not asked leaves gaps, and some that became idle are dropped.
 */
import type { Term } from '../expression/index.ts';
import type { Explained, ExplainedRun, Explanation } from './explain.ts';
import { plain } from './plain.ts';

/** The line of `--explain`; `undefined` where git-annex says nothing, since no expression is set. */
export function formatAsGitAnnex(explanation: Explanation): string | undefined {
  const { question, item, value, tree, unstable, rests } = explanation;
  if (value === undefined) return undefined;
  const kind = question === 'wanted' || question === 'wouldWantIfAbsent' ? 'preferred' : 'required';
  const verb = value ? 'matches' : 'does not match';
  const words = tree === undefined ? [`present[${mark(value)}]`] : withoutIdle(wordsOf(tree));
  const note =
    rests === 'unstable'
      ? `, but that expression is not stable due to negated use of ${unstable.join(' ')}, so will not be used`
      : '';
  return plain(
    `[ ${item.file ?? item.keyText} ${verb} ${kind} content: ${words.join(' ')}${note} ]`,
  );
}

function wordsOf(explained: Explained): readonly string[] {
  switch (explained.kind) {
    case 'any':
      return [];
    case 'not':
      return ['not', ...wrapped(explained.operand)];
    case 'term':
      return [`${shown(explained)}[${mark(explained.value)}]`];
    default:
      return runWords(explained);
  }
}

/** The operands asked, joined two by two from the left; idle parentheses stay where one was not asked. */
function runWords({ kind, operands, unasked }: ExplainedRun): readonly string[] {
  const [first, ...rest] = operands;
  if (first === undefined) return [];
  const [second, ...later] = rest;
  const joins = operands.length - 1 + unasked;
  const words = [...wrapped(first), ...(second === undefined ? [] : [kind, ...wrapped(second)])];
  for (const right of later) words.push(')', kind, ...wrapped(right));
  const idle = joins - Math.max(1, operands.length - 1);
  const opened = Array.from({ length: idle + later.length }, () => '(');
  return [...opened, ...words, ...Array.from({ length: idle }, () => ')')];
}

/** In parentheses unless it is a term or the negation of one. */
function wrapped(explained: Explained): readonly string[] {
  const words = wordsOf(explained);
  return isSimple(explained.kind === 'not' ? explained.operand : explained)
    ? words
    : ['(', ...words, ')'];
}

function isSimple({ kind }: Explained): boolean {
  return kind === 'term' || kind === 'any';
}

/** Without a second `(` in a row and without parentheses around one word behind an operator. */
function withoutIdle(words: readonly string[]): readonly string[] {
  const kept: string[] = [];
  const dropped = new Set<number>();
  let isFresh = true;
  for (const [index, word] of words.entries()) {
    if (dropped.has(index)) continue;
    const before = isFresh ? undefined : kept.at(-1);
    const close = word === '(' ? closing(words, index) : undefined;
    const isOne = close === index + 2 && (before === 'and' || before === 'or');
    if (close !== undefined && (before === '(' || isOne)) {
      dropped.add(close);
      isFresh = true;
    } else {
      kept.push(word);
      isFresh = false;
    }
  }
  return kept;
}

function closing(words: readonly string[], open: number): number | undefined {
  let depth = 0;
  for (let index = open; index < words.length; index += 1) {
    if (words[index] === '(') depth += 1;
    if (words[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return undefined;
}

/** "The lacking terms only by name" (spec/newest.md section 1.5). */
function shown({ name, text }: { readonly name: Term['name']; readonly text: string }): string {
  return name === 'lackingcopies' || name === 'approxlackingcopies' ? name : text;
}

function mark(value: boolean): 'TRUE' | 'FALSE' {
  return value ? 'TRUE' : 'FALSE';
}
