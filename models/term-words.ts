/**
 * Which words are terms, and what the values that count say, in the smallest terms: a pattern for
 * each. For the values that properties/arbitraries/expressions.ts makes; `day` is that of the
 * git-annex version.
 */

const bareTerms =
  /^(anything|nothing|present|securehash|inpreferreddir|standard|groupwanted|unused)$/;
const namedTerms = /^(include|exclude|inbackend|inallgroup|onlyingroup)(=|$)/;

/**
 * Spec/expressions.md section 5.1: what follows the number is ignored, unless it makes a fraction.
 */
const number = '-?(?:0[xX][0-9a-fA-F]|0[oO][0-7]|[0-9]+(?![0-9]|[.][0-9]|[eE][-+]?[0-9]))';
const size =
  /^-?[0-9]+(?![0-9])(?:[.][0-9]+(?![0-9])|(?![.][0-9]))([kmgKMG]i?[bB]?|[bB])?($|[^a-zA-Z])/;
const metadata = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*([=<>].*)?$/u;

/** When the language changed (spec/newest.md section 1). */
export const days = { balancedLacking: 20250520, url: 20250721, limits: 20260901 } as const;

/** Whether a word is a term to the git-annex of a day. */
export function isTermWord(word: string, day: number): boolean {
  if (bareTerms.test(word) || namedTerms.test(word)) return true;
  const [name = '', ...rest] = word.split('=');
  const value = rest.join('=');
  switch (name) {
    case 'url':
      return day >= days.url;
    case 'copies':
    case 'lackingcopies':
    case 'approxlackingcopies':
      return countedValue(name, value, day) !== undefined;
    case 'smallerthan':
    case 'largerthan':
      return size.test(value);
    case 'metadata':
      return metadata.test(value);
    case 'balanced':
    case 'sizebalanced': {
      const test = lackingTest(value);
      if (test !== undefined && !isTermWord(test, day)) return false;
      return isBalancedValue(value, day);
    }
    case 'fullybalanced':
    case 'fullysizebalanced':
      return isBalancedValue(value, day);
    default:
      return false;
  }
}

function isBalancedValue(value: string, day: number): boolean {
  if (new RegExp(`^[^:]*(:${number}[^:]*)?$`).test(value)) return true;
  if (/^[^:]*:lackingcopies$/.test(value)) return day >= days.balancedLacking;
  return /^[^:]*:lackingcopies=[^:]*$/.test(value) && day >= days.limits;
}

/**
 * The term that `balanced=GROUP:lackingcopies[=LIMIT]` asks first, as text (spec/newest.md section
 * 1.3).
 */
export function lackingTest(value: string): string | undefined {
  const [, group, , limit] = /^([^:]*):lackingcopies(=([^:]*))?$/.exec(value) ?? [];
  if (group === undefined) return undefined;
  return limit === undefined ? 'lackingcopies=1' : `lackingcopies=${limit}+${group}=1`;
}

/** Who is counted, and how many: of all, of a NAME, or of those that a LIMIT matches. */
export interface CountedValue {
  readonly name?: string;
  readonly limit?: string;
  readonly number: string;
}

/** Spec/expressions.md section 6.5 and 6.6; since 10.20260901 spec/newest.md section 1.1. */
export function countedValue(term: string, value: string, day: number): CountedValue | undefined {
  const isNew = day >= days.limits;
  const colons = value.split(':').length - 1;
  const equals = value.split('=').length - 1;
  const numbered = (
    text: string,
    who: Omit<CountedValue, 'number'> = {},
  ): CountedValue | undefined =>
    new RegExp(`^${number}`).test(text) ? { ...who, number: text } : undefined;
  const after = (mark: string): [string, string] => [
    value.slice(0, value.indexOf(mark)),
    value.slice(value.indexOf(mark) + 1),
  ];
  if (term !== 'copies' && !isNew) return numbered(value);
  if (colons === 1) return numbered(after(':')[1], { name: after(':')[0] });
  if (!isNew) return colons > 1 ? undefined : numbered(value);
  if (equals === 1) return numbered(after('=')[1], { limit: after('=')[0] });
  return equals > 1 && term === 'copies' ? undefined : numbered(value);
}

/** Whether a repository in these groups matches a limit (spec/newest.md section 1.2). */
export function limitMatches(limit: string, groups: readonly string[]): boolean {
  const pieces = limit.replaceAll('+', '\n+').replaceAll('-', '\n-').split('\n');
  const named = pieces.filter((piece) => /[^-+]/.test(piece));
  const [excluded, included] = [true, false].map((isOut) =>
    named
      .filter((piece) => piece.startsWith('-') === isOut)
      .map((piece) => piece.replace(/^[-+]/, '')),
  );
  const isIn = (names: readonly string[] = []): boolean =>
    names.some((name) => groups.includes(name));
  return (included?.length === 0 || isIn(included)) && !isIn(excluded);
}
