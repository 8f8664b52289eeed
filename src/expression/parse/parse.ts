import { dialectDefault, type Dialect } from '../terms/dialect.ts';
import { foldTokens, type Token } from './fold.ts';
import { RecentCache } from './recent-cache.ts';
import { placeIn } from '../terms/place.ts';
import { gitAnnexError, type FoundProblem, type Problem } from '../terms/problem.ts';
import { readWord } from './read-word.ts';
import { simplify } from './simplify.ts';
import { splitWords } from './tokens.ts';
import type { Expression } from '../terms/tree.ts';

/**
 * Longest expression accepted, in UTF-16 code units: far beyond what people and programs write,
 * since git-annex itself has no limit. Parsing one of this length takes half a second.
 */
export const expressionLengthMax = 262_144;

/**
 * What is remembered of parses, in UTF-16 code units of their texts: four of the longest, as trees grow with
 * texts, or a thousand that are short, each counted as so long at least. An annex has tens of expressions.
 */
const rememberedMax = 4 * expressionLengthMax;
const rememberedLeast = 1024;

/** How much of a text that is refused for its length is told, in UTF-16 code units. */
const refusedTextMax = 100;

/** How many problems are told; who has more has pasted something else. */
const problemsMax = 100;

/** An expression as a tree, or everything that is wrong with it in the order of the text. */
export type Parsed =
  | { readonly kind: 'expression'; readonly text: string; readonly tree: Expression }
  | {
      readonly kind: 'problems';
      readonly text: string;
      /** At most 100. */
      readonly problems: readonly Problem[];
      /** What git-annex prints, for all of them; `undefined` when it would accept the text. */
      readonly gitAnnexError: string | undefined;
    };

const parses = new RecentCache<Parsed>(rememberedMax, ({ length }) =>
  Math.min(expressionLengthMax, Math.max(rememberedLeast, length)),
);

/**
 * The tree of a preferred content expression, simplified (spec/expressions.md sections 2 to 4,
 * spec/newest.md section 1). No arrangement of words is refused, only words, and those exactly as
 * the git-annex of that version refuses them. Parses are remembered by text, so that asking again costs a
 * lookup.
 */
export function parseExpression(text: string, dialect: Dialect = dialectDefault): Parsed {
  if (text.length > expressionLengthMax) return refused(text, [tooLong(text)]);
  const name = `${dialect.version} ${text}`;
  const known = parses.get(name);
  if (known !== undefined) return known;
  const parsed = parseAfresh(text, dialect);
  parses.set(name, parsed);
  return parsed;
}

function parseAfresh(text: string, dialect: Dialect): Parsed {
  const tokens: Token[] = [];
  const problems: FoundProblem[] = [];
  for (const word of splitWords(text)) {
    const read = readWord(word, dialect);
    if (read.kind === 'problem') problems.push(read.problem);
    else tokens.push(read);
  }
  if (problems.length > 0) return refused(text, problems);
  const folded = foldTokens(tokens);
  if (folded.kind === 'problem') return refused(text, [folded.problem]);
  return { kind: 'expression', text, tree: simplify(folded.tree) };
}

function refused(text: string, found: readonly FoundProblem[]): Parsed {
  const problems = found.slice(0, problemsMax).map((problem) => placed(problem, text));
  return {
    kind: 'problems',
    text: text.length > expressionLengthMax ? text.slice(0, refusedTextMax) : text,
    problems,
    gitAnnexError: gitAnnexError(found),
  };
}

function placed(problem: FoundProblem, text: string): Problem {
  return { ...problem, ...placeIn(text, problem.span) };
}

function tooLong(text: string): FoundProblem {
  return {
    code: 'BX101',
    message: `the expression has ${text.length} characters`,
    span: { start: expressionLengthMax, end: text.length },
    expected: `at most ${expressionLengthMax} characters`,
    hint: 'put what groups of repositories share into groupwanted',
    gitAnnexMessage: undefined,
  };
}
