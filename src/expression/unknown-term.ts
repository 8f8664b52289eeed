import { haskellString } from './haskell-string.ts';
import type { Problem, Span } from './problem.ts';
import { isTermName, terms } from './terms.ts';

/** What is wrong with a word that is no term, and what was likely meant. */
export function unknownTerm(text: string, span: Span): Problem {
  const name = text.split('=', 1)[0] ?? text;
  const takesNoValue = text.includes('=') && isTermName(name);
  return {
    code: takesNoValue ? 'BX104' : 'BX103',
    message: takesNoValue
      ? `"${name}" takes no value`
      : `there is no term ${haskellString(shorten(name))}`,
    span,
    expected: takesNoValue ? name : 'a term, "and", "or", "not", "(" or ")"',
    hint: takesNoValue ? `write ${name} alone` : hintFor(name),
    gitAnnexMessage: `near ${haskellString(text)}`,
  };
}

/** Words that mean something to git-annex elsewhere (spec/expressions.md section 2). */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['mimetype', 'mimetype= belongs to annex.largefiles; here use include=*.SUFFIX'],
  ['mimeencoding', 'mimeencoding= belongs to annex.largefiles; here use include=*.SUFFIX'],
  ['in', 'in= is an option of commands; here use copies=GROUP:1 or present'],
  ['locked', 'locked is an option of commands, not a term'],
  ['unlocked', 'unlocked is an option of commands, not a term'],
  ['&&', 'write and'],
  ['||', 'write or'],
  ['!', 'write not'],
]);

function hintFor(name: string): string | undefined {
  const known = elsewhere.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  if (isTermName(lower) || ['and', 'or', 'not'].includes(lower)) return `write ${lower}`;
  const near = Object.keys(terms).find((term) => isNear(lower, term));
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** Longest word that is compared with the names of terms, in characters. */
const comparedLengthMax = 32;

/** Whether one of two words becomes the other by at most two changes of a letter. */
function isNear(word: string, term: string): boolean {
  if (word.length < 3 || word.length > comparedLengthMax) return false;
  return editDistance(word, term) <= (term.length > 5 ? 2 : 1);
}

function editDistance(source: string, target: string): number {
  let row = Array.from({ length: target.length + 1 }, (_, column) => column);
  for (let line = 1; line <= source.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= target.length; column += 1) {
      const replaced = source[line - 1] === target[column - 1] ? 0 : 1;
      next.push(
        Math.min(
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (row[column - 1] ?? 0) + replaced,
        ),
      );
    }
    row = next;
  }
  return row[target.length] ?? 0;
}

function shorten(word: string): string {
  return word.length > comparedLengthMax ? `${word.slice(0, comparedLengthMax)}…` : word;
}
