/** A word and its value, read as a dialect does. */
import { compareDialects, dialects, isAtLeast, type Dialect } from '../terms/dialect.ts';
import type { Token } from './fold.ts';
import { RecentCache } from './recent-cache.ts';
import type { FoundProblem, Span } from '../terms/problem.ts';
import type { Complaint } from '../terms/reading.ts';
import type { TermFacts } from '../terms/term-row.ts';
import { isTermName, terms, type TermName, type TermRow } from '../terms/terms.ts';
import { recogniseWord, type PlacedWord, type ExpressionWord } from './tokens.ts';
import type { Term, TermNamed } from '../terms/tree.ts';
import { lackedTerm, unknownTerm } from './unknown-term.ts';

/** A word that is no token, and why. */
interface WordProblem {
  readonly kind: 'problem';
  readonly problem: FoundProblem;
}

/** What a word is read as. */
export type ReadWord = Token | WordProblem;

/**
 * How many read words are kept of a dialect, and how long they are at most, in UTF-16 code units.
 */
const wordsKeptMax = 1024;
const keptLengthMax = 256;

/** Of how many dialects: an annex has a few versions of git-annex. */
const dialectsKeptMax = 4;

/**
 * Words as read at the start of a text, by the version of the dialect: the words of an annex are
 * few. One name of both is no way to keep them: to put it together takes half of the time of a parse.
 */
const kept = new RecentCache<RecentCache<ReadWord>>(dialectsKeptMax);

/**
 * A word of an expression as a token, or what is wrong with it (spec/expressions.md sections 2 and
 * 4, spec/newest.md section 1).
 */
export function readWord({ text, start }: PlacedWord, dialect: Dialect): ReadWord {
  if (text.length > keptLengthMax) return placed(readAfresh(text, dialect), start);
  const words = wordsOf(dialect);
  let word = words.get(text);
  if (word === undefined) words.set(text, (word = readAfresh(text, dialect)));
  return placed(word, start);
}

function wordsOf({ version }: Dialect): RecentCache<ReadWord> {
  let words = kept.get(version);
  if (words === undefined) {
    kept.set(version, (words = new RecentCache<ReadWord>(wordsKeptMax)));
  }
  return words;
}

function placed(word: ReadWord, start: number): ReadWord {
  if (start === 0) return word;
  if (word.kind === 'problem') {
    const { problem } = word;
    return { kind: 'problem', problem: { ...problem, span: moved(problem.span, start) } };
  }
  if (word.kind !== 'operand') return { ...word, span: moved(word.span, start) };
  return { kind: 'operand', term: movedTerm(word.term, start) };
}

function movedTerm<N extends TermName>(term: TermNamed<N>, start: number): TermNamed<N> {
  return { ...term, span: moved(term.span, start) };
}

function moved({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

function readAfresh(text: string, dialect: Dialect): ReadWord {
  const span = { start: 0, end: text.length };
  const word = recogniseWord(text);
  if (word.kind === 'unknown') {
    return { kind: 'problem', problem: unknownTerm(text, span, dialect) };
  }
  if (word.kind !== 'term') return { ...word, span };
  const { name } = word;
  if (!isTermName(name)) throw new Error('the grammar has a term that the table lacks');
  const { since } = terms[name];
  if (!isAtLeast(dialect, since)) {
    return { kind: 'problem', problem: lackedTerm({ name, text, span }, since) };
  }
  const read: Term | WordProblem = readTerm(name, { ...word, text, span }, dialect);
  return read.kind === 'problem' ? read : { kind: 'operand', term: read };
}

type TermWord = Extract<ExpressionWord, { kind: 'term' }> & {
  readonly text: string;
  readonly span: Span;
};

function readTerm<N extends TermName>(
  name: N,
  { value, text, span }: TermWord,
  dialect: Dialect,
): TermNamed<N> | WordProblem {
  const row: TermRow<N> = terms[name];
  const reading = row.read(value, name, dialect);
  if (reading.kind === 'complaint') {
    const problem = spannedProblem(reading.complaint, value, span);
    const since = firstReader(row, value, { name, dialect });
    return {
      kind: 'problem',
      problem: since === undefined ? problem : lackedForm(problem, name, since),
    };
  }
  const term: TermNamed<N> = { kind: 'term', name, argument: reading.argument, text, span };
  return term;
}

/** The part of the value that is wrong, or the whole term when that part is empty. */
function spannedProblem(
  { within, ...complaint }: Complaint,
  value: string,
  term: Span,
): FoundProblem {
  const start = term.end - value.length;
  const { start: from, end: to } = within ?? { start: 0, end: value.length };
  return { ...complaint, span: from < to ? { start: start + from, end: start + to } : term };
}

/** The versions since which more values are read, from old to new. */
const growth = Object.values(dialects).toSorted(compareDialects);

/** The first later version that reads the value, if one does. */
function firstReader<A>(
  row: TermFacts<A>,
  value: string,
  { name, dialect }: { name: string; dialect: Dialect },
): Dialect | undefined {
  return growth.find(
    (later) =>
      compareDialects(later, dialect) > 0 && row.read(value, name, later).kind === 'argument',
  );
}

function lackedForm(problem: FoundProblem, name: string, since: Dialect): FoundProblem {
  return {
    code: 'BX109',
    message: `this form of "${name}" needs git-annex ${since.version} or newer in every repository`,
    span: problem.span,
    expected: problem.expected,
    hint: `upgrade git-annex everywhere to ${since.version} or newer, or write it without this form`,
    gitAnnexMessage: problem.gitAnnexMessage,
  };
}
