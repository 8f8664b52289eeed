/** What one expression has that its author should look at, seen alone. */
import {
  changedTerms,
  dialectDefault,
  dialects,
  isAtLeast,
  isAlways,
  isEmpty,
  isNever,
  oddArrangements,
  parseExpression,
  terms,
  termsIn,
  type Dialect,
  type Expression,
  type Odd,
  type PlacedTerm,
  type Problem,
  type Term,
} from '../../expression/index.ts';
import { finding, type Finding } from '../family/finding.ts';
import { lintTermAlone, stableInstead } from './term-lints.ts';

/** How many findings are told of one expression; one with more has gone wrong as a whole. */
export const findingsMax = 100;

/** What is to be found in an expression, the first 100, without looking at any annex. */
export function lintExpression(
  text: string,
  dialect: Dialect = dialectDefault,
): readonly Finding[] {
  return lintAll(text, dialect).slice(0, findingsMax);
}

function lintAll(text: string, dialect: Dialect): readonly Finding[] {
  const parsed = parseExpression(text, dialect);
  if (parsed.kind === 'problems') {
    return parsed.problems.map(lintProblem);
  }
  const { tree } = parsed;
  return [
    ...oddArrangements(text).map(lintOdd),
    ...lintConstant(tree, text),
    ...termsIn(tree).flatMap(lintNegated),
    ...termsIn(tree).flatMap(({ term }) => lintTermAlone(term)),
    ...lintVersions(text, dialect),
    ...termsIn(tree).flatMap(({ term }) => lintUnsound(term, dialect)),
  ];
}

/** What the parser says, with its guess at what was meant. */
function lintProblem({ code, message, span, hint, gitAnnexMessage }: Problem): Finding {
  const own = code === 'BX109' ? 'BL113' : gitAnnexMessage === undefined ? 'BL120' : 'BL114';
  const [, likely] = /^did you mean (\S+)\?$/.exec(hint ?? '') ?? [];
  const [, named = ''] = /^there is no term "([^"…]+)"$/.exec(message) ?? [];
  const name = { start: span.start, end: span.start + named.length };
  const edit =
    likely === undefined || named === '' ? undefined : { span: name, replacement: likely };
  return finding(own, hint === undefined ? message : `${message}; ${hint}`, { span, edit });
}

const oddWords: Readonly<Record<Odd['kind'], (word: string) => string>> = {
  dangling: (word) => `"${word}" has nothing to join; what is missing counts as true`,
  unjoined: () =>
    'inside of parentheses this group goes on from what stands before it, without an "and"',
  unclosed: () => 'this "(" is never closed',
  unopened: () => 'this ")" closes nothing, and is ignored',
};

function lintOdd({ kind, word, span, edit }: Odd): Finding {
  const code = kind === 'dangling' ? 'BL116' : kind === 'unjoined' ? 'BL117' : 'BL118';
  return finding(code, oddWords[kind](word), { span, edit });
}

function lintConstant(tree: Expression, text: string): readonly Finding[] {
  const constant = isEmpty(tree) || isPlain(tree) ? undefined : constantOf(tree);
  if (constant === undefined) return [];
  const span = { start: 0, end: text.length };
  const edit = { span, replacement: constant === 'always' ? 'anything' : 'nothing' };
  const code = constant === 'always' ? 'BL102' : 'BL103';
  return [finding(code, `the expression is ${constant} true`, { span, edit })];
}

/**
 * What an expression always is, where that can be proved and nothing else is said about the reason.
 */
function constantOf(tree: Expression): 'always' | 'never' | undefined {
  // With an unstable term under `not` it is never true, and that term is a finding of its own.
  if (termsIn(tree).some((placed) => lintNegated(placed).length > 0)) return undefined;
  if (isNever(tree).kind === 'proved') return 'never';
  return isAlways(tree).kind === 'proved' ? 'always' : undefined;
}

/** Terms that depend on nothing, and `not` before them, say what they mean. */
function isPlain(tree: Expression): boolean {
  if (tree.kind === 'not') return isPlain(tree.operand);
  return tree.kind === 'term' && terms[tree.name].dependsOn.includes('nothing');
}

/** A negated term that is not stable, with the one to write instead where there is one. */
function lintNegated({ term, isNegated }: PlacedTerm): readonly Finding[] {
  const { name, span, text } = term;
  if (!isNegated || terms[name].stability !== 'unstable') return [];
  const replacement = stableInstead(term);
  const edit = replacement === undefined ? undefined : { span, replacement };
  const message = `git-annex does not use an expression with ${text} under "not"`;
  return [finding('BL101', message, { span, edit })];
}

function lintVersions(text: string, to: Dialect): readonly Finding[] {
  return [dialects.reference, dialects.newest].flatMap((from) =>
    changedTerms(text, { to, from }).map(({ text, span }) => {
      return finding('BL115', `git-annex ${from.version} reads ${text} in another way`, { span });
    }),
  );
}

/** A form that this version accepts, and answers rightly only from a later one on. */
function lintUnsound({ name, text, span }: Term, dialect: Dialect): readonly Finding[] {
  return terms[name].later
    .filter(({ syntax, soundSince }) => {
      const isUnsound = soundSince !== undefined && !isAtLeast(dialect, soundSince);
      return isUnsound && isOfForm(text, syntax);
    })
    .map(({ soundSince }) => {
      const message = `git-annex ${dialect.version} accepts ${text} and answers it wrongly; ${soundSince?.version ?? ''} is the first to get it right`;
      return finding('BL121', message, { span });
    });
}

/**
 * Whether a term is written as a syntax of the table says, where capital letters stand for values.
 */
function isOfForm(text: string, syntax: string): boolean {
  return new RegExp(`^${syntax.replaceAll(/[A-Z]+/g, '[^:]*')}$`).test(text);
}
