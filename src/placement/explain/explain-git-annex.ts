/**
 * An explanation as git-annex's option `--explain` words it, found by asking 10.20250416. Its
 * parentheses are not those of the expression: what was not asked leaves gaps, and some that became
 * idle are dropped.
 */
import { terms, type Term } from '../../expression/index.ts';
import { plain } from '../../units/index.ts';
import { runsOf, type Explained, type ExplainedRun, type Explanation } from './explain.ts';

/**
 * The line of `--explain`; `undefined` where git-annex says nothing, since no expression is set.
 */
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

/** Goes down the first operands in a loop, since a chain of runs has no bound. */
function wordsOf(explained: Explained): readonly string[] {
  const { runs, first } = runsOf(explained);
  const opened: string[] = [];
  const closed: (readonly string[])[] = [];
  for (const [level, run] of runs.entries()) {
    const { before, after } = runWords(run);
    const isOutermost = level === 0;
    opened.push(...(isOutermost ? before : ['(', ...before]));
    closed.push(isOutermost ? after : [...after, ')']);
  }
  const words = runs.length === 0 ? firstWords(first) : wrapped(first);
  return [...opened, ...words, ...closed.reverse().flat()];
}

function firstWords(first: Exclude<Explained, ExplainedRun>): readonly string[] {
  switch (first.kind) {
    case 'any':
      return [];
    case 'not':
      return ['not', ...wrapped(first.operand)];
    case 'term':
      return [`${shown(first)}[${mark(first.value)}]`];
  }
}

/**
 * What stands around the first operand of a run: the operands asked are joined two by two from the
 * left; idle parentheses stay where one was not asked.
 */
function runWords({ kind, operands, unasked }: ExplainedRun): {
  readonly before: readonly string[];
  readonly after: readonly string[];
} {
  const [, second, ...later] = operands;
  const joins = operands.length - 1 + unasked;
  const after = second === undefined ? [] : [kind, ...wrapped(second)];
  for (const right of later) after.push(')', kind, ...wrapped(right));
  const idle = joins - Math.max(1, operands.length - 1);
  for (let count = 0; count < idle; count += 1) after.push(')');
  return { before: Array.from({ length: idle + later.length }, () => '('), after };
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
  const closes = closings(words);
  const kept: string[] = [];
  const dropped = new Set<number>();
  let isFresh = true;
  for (const [index, word] of words.entries()) {
    if (dropped.has(index)) continue;
    const before = isFresh ? undefined : kept.at(-1);
    const close = closes.get(index);
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

/** The index of the `)` for each `(`. */
function closings(words: readonly string[]): ReadonlyMap<number, number> {
  const open: number[] = [];
  const closes = new Map<number, number>();
  for (const [index, word] of words.entries()) {
    if (word === '(') open.push(index);
    const start = word === ')' ? open.pop() : undefined;
    if (start !== undefined) closes.set(start, index);
  }
  return closes;
}

/** "The lacking terms only by name" (spec/newest.md section 1.5). */
function shown({ name, text }: Pick<Term, 'name' | 'text'>): string {
  return terms[name].explainedAs === 'name' ? name : text;
}

function mark(value: boolean): 'TRUE' | 'FALSE' {
  return value ? 'TRUE' : 'FALSE';
}
