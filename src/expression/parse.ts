import { foldTokens, type Token } from './fold.ts';
import { gitAnnexError, type Problem } from './problem.ts';
import { simplify } from './simplify.ts';
import { isTermName, terms, type TermName, type TermRow } from './terms.ts';
import { readWords, type Word } from './tokens.ts';
import type { Expression, TermNamed } from './tree.ts';
import { unknownTerm } from './unknown-term.ts';

/**
 * Longest expression accepted, in UTF-16 code units. Seventy times the longest standard
 * expression; parsing one of this length takes a quarter of a second.
 */
export const expressionLengthMax = 16_384;

/** How many parsed texts are kept: an annex has tens of expressions. */
const parsesKeptMax = 1000;

/** An expression as a tree, or everything that is wrong with it in the order of the text. */
export type Parsed =
  | { readonly kind: 'expression'; readonly text: string; readonly tree: Expression }
  | {
      readonly kind: 'problems';
      readonly text: string;
      readonly problems: readonly Problem[];
      /** What git-annex prints; `undefined` when it would accept the text. */
      readonly gitAnnexError: string | undefined;
    };

const kept = new Map<string, Parsed>();

/**
 * The tree of a preferred content expression, simplified (spec/expressions.md sections 2 to 4). No
 * arrangement of words is refused, only words. Parses are kept by text, so that asking again costs a
 * lookup.
 */
export function parseExpression(text: string): Parsed {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const parsed = parseAfresh(text);
  const [oldest] = kept.keys();
  if (kept.size >= parsesKeptMax && oldest !== undefined) kept.delete(oldest);
  kept.set(text, parsed);
  return parsed;
}

function parseAfresh(text: string): Parsed {
  if (text.length > expressionLengthMax) return refused(text.slice(0, 100), [tooLong(text)]);
  const tokens: Token[] = [];
  const problems: Problem[] = [];
  for (const word of readWords(text)) {
    const read = readWord(word);
    if ('code' in read) problems.push(read);
    else tokens.push(read);
  }
  if (problems.length > 0) return refused(text, problems);
  const folded = foldTokens(tokens);
  if (folded.kind === 'problem') return refused(text, [folded.problem]);
  return { kind: 'expression', text, tree: simplify(folded.tree) };
}

function refused(text: string, problems: readonly Problem[]): Parsed {
  return { kind: 'problems', text, problems, gitAnnexError: gitAnnexError(problems) };
}

function readWord(word: Word): Token | Problem {
  if (word.kind === 'unknown') return unknownTerm(word.text, word.span);
  if (word.kind !== 'term') return word;
  if (!isTermName(word.name)) throw new Error(`the grammar has a term that the table lacks`);
  const read = readTerm(word.name, word);
  return 'code' in read ? read : { kind: 'operand', term: read };
}

function readTerm<N extends TermName>(
  name: N,
  { value, text, span }: Extract<Word, { kind: 'term' }>,
): TermNamed<N> | Problem {
  const row: TermRow<N> = terms[name];
  const reading = row.read(value, name);
  if (!reading.isRead) return { ...reading.problem, span };
  const term: TermNamed<N> = { kind: 'term', name, argument: reading.argument, text, span };
  return term;
}

function tooLong(text: string): Problem {
  return {
    code: 'BX101',
    message: `the expression has ${text.length} characters`,
    span: { start: expressionLengthMax, end: text.length },
    expected: `at most ${expressionLengthMax} characters`,
    hint: undefined,
    gitAnnexMessage: undefined,
  };
}
