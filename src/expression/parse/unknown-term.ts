import { isAtLeast, type Dialect } from '../terms/dialect.ts';
import { haskellString } from './haskell-string.ts';
import { likelyWord } from './likely-word.ts';
import type { FoundProblem, Span } from '../terms/problem.ts';
import { isTermName, terms } from '../terms/terms.ts';
import { quotedWord } from '../terms/visible.ts';

/** What is wrong with a word that is no term, and what was likely meant. */
export function unknownTerm(text: string, span: Span, dialect: Dialect): FoundProblem {
  const name = text.split('=', 1)[0] ?? text;
  const gitAnnexMessage = `near ${haskellString(text)}`;
  if (text.includes('=') && isTermName(name)) {
    return {
      code: 'BX104',
      message: `"${name}" takes no value`,
      span,
      expected: name,
      hint: `write ${name} alone`,
      gitAnnexMessage,
    };
  }
  return {
    code: 'BX103',
    message: `there is no term ${quotedWord(name)}`,
    span,
    expected: 'a term, "and", "or", "not", "(" or ")"',
    hint: hintFor(text, name, dialect),
    gitAnnexMessage,
  };
}

/** A term that git-annex did not know yet. */
export function lackedTerm(
  { name, text, span }: { readonly name: string; readonly text: string; readonly span: Span },
  since: Dialect,
): FoundProblem {
  return {
    code: 'BX109',
    message: `"${name}" needs git-annex ${since.version} or newer in every repository`,
    span,
    expected: 'a term that the git-annex of every repository knows',
    hint: `upgrade git-annex everywhere to ${since.version} or newer, or do without "${name}"`,
    gitAnnexMessage: `near ${haskellString(text)}`,
  };
}

const option = (name: string, instead: string): [string, string] => [
  name,
  `${name} is an option of commands, not a term${instead}`,
];

/**
 * Words that mean something to git-annex elsewhere (spec/expressions.md section 2), or to others.
 */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['mimetype', 'mimetype= belongs to annex.largefiles; here use include=*.SUFFIX'],
  ['mimeencoding', 'mimeencoding= belongs to annex.largefiles; here use include=*.SUFFIX'],
  option('in', '; use copies=GROUP:1 or present'),
  option('expected-present', '; use present'),
  option('locked', ''),
  option('unlocked', ''),
  option('accessedwithin', ''),
  option('includesamecontent', '; use include=GLOB'),
  option('excludesamecontent', '; use exclude=GLOB'),
  option('presentsince', ''),
  option('lackingsince', ''),
  option('changedsince', ''),
  ...['want-get', 'want-drop', 'want-get-by', 'want-drop-by'].map((name) => option(name, '')),
  ['&&', 'write and'],
  ['&', 'write and'],
  ['||', 'write or'],
  ['|', 'write or'],
  ['!', 'write not'],
  ['true', 'write anything'],
  ['false', 'write nothing'],
]);

function hintFor(text: string, name: string, dialect: Dialect): string | undefined {
  const known = elsewhere.get(name) ?? elsewhere.get(name.toLowerCase());
  if (known !== undefined) return known;
  const negated = /^[!~-](?=[a-z])/.exec(name) === null ? undefined : name.slice(1);
  if (negated !== undefined && isTermName(negated)) return `write not ${text.slice(1)}`;
  const [, optionName = ''] = /^--([a-z]+)/.exec(name) ?? [];
  if (isTermName(optionName)) return `write ${text.slice(2)}`;
  const [, before = '', after = ''] = /^([a-z]+):(.+)$/.exec(text) ?? [];
  if (isTermName(before) && terms[before].form === 'valued') return `write ${before}=${after}`;
  return wordHint(name, dialect);
}

const operators = ['and', 'or', 'not'];

function wordHint(name: string, dialect: Dialect): string | undefined {
  const lower = name.toLowerCase();
  if (isTermName(lower) || operators.includes(lower)) return `write ${lower}`;
  const known = Object.keys(terms)
    .filter(isTermName)
    .filter((term) => isAtLeast(dialect, terms[term].since));
  const near = likelyWord(lower, [...known, ...operators]);
  return near === undefined ? undefined : `did you mean ${near}?`;
}
