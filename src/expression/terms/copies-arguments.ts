/**
 * The values of the terms that count copies (spec/expressions.md sections 6.5, 6.6; spec/newest.md
 * 1.1).
 */
import { parseWholeNumber } from '../../units/index.ts';
import { dialects, isAtLeast, type Dialect } from './dialect.ts';
import { parseGroupLimit, type GroupLimit } from './group-limit.ts';
import { badNumber, badParts, readArgument, type ReadArgument } from './reading.ts';

/** Levels from least to most trusted, as `copies=LEVEL:N` names them. */
export const trustLevels = ['dead', 'untrusted', 'semitrusted', 'trusted'] as const;

/** Whose copies a term counts, trust levels left aside. */
export type CountedGroup =
  | { readonly kind: 'anybody' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'limit'; readonly limit: GroupLimit };

/** Whose copies `copies=` counts. */
export type CopiesOf =
  | CountedGroup
  | {
      readonly kind: 'trust';
      readonly level: (typeof trustLevels)[number];
      readonly orHigher: boolean;
    };

/** The value of `copies=`: at least so many copies in certain repositories. */
export interface CopiesArgument {
  readonly of: CopiesOf;
  readonly number: bigint;
}

/** The value of `lackingcopies=` and `approxlackingcopies=`: so many more copies are needed. */
export interface LackingArgument {
  readonly of: CountedGroup;
  readonly number: bigint;
}

/** `N`, `LEVEL:N`, `LEVEL+:N`, `GROUP:N`; since 10.20260901 also `LIMIT=N`. */
export const readCopies: ReadArgument<CopiesArgument> = (value, name, dialect) => {
  const parts = partsOf(value, dialect);
  if (parts === 'tooMany') return badParts(name, { expected: copiesForms, hint: nameHint(value) });
  const { start } = parts;
  const number = parseWholeNumber(value.slice(start));
  if (number === undefined) {
    return badNumber(name, { value, start, gitAnnexMessage: `bad number for ${name}` });
  }
  return readArgument({
    of: parts.kind === 'name' ? copiesOf(parts.name) : wholeOrLimit(parts),
    number,
  });
};

/** `N`; since 10.20260901 also `GROUP:N`, where a trust level is a group too, and `LIMIT=N`. */
export const readLacking: ReadArgument<LackingArgument> = (value, name, dialect) => {
  const found = isAtLeast(dialect, dialects.groupLimits) ? partsOf(value, dialect) : wholeValue;
  const parts = found === 'tooMany' ? wholeValue : found;
  const { start } = parts;
  const number = parseWholeNumber(value.slice(start));
  if (number === undefined) {
    const gitAnnexMessage = 'bad value for number of lacking copies';
    return badNumber(name, { value, start, gitAnnexMessage });
  }
  const of: CountedGroup =
    parts.kind === 'name' ? { kind: 'group', group: parts.name } : wholeOrLimit(parts);
  return readArgument({ of, number });
};

/**
 * "A word that is a level, or a level and `+`, is always read as one" (spec/expressions.md section
 * 6.5).
 */
export function copiesOf(word: string): CopiesOf {
  const orHigher = word.endsWith('+');
  const bare = orHigher ? word.slice(0, -1) : word;
  const level = trustLevels.find((level) => level === bare);
  return level === undefined ? { kind: 'group', group: word } : { kind: 'trust', level, orHigher };
}

const copiesForms = 'NUMBER, GROUP:NUMBER or LIMIT=NUMBER';

function nameHint(value: string): string {
  return value.includes('=')
    ? 'a group whose name holds "=" cannot be named in a limit'
    : 'a group whose name holds ":" cannot be named here';
}

/** A value taken apart; `start` is where its number begins. */
type Parts =
  | { readonly kind: 'whole'; readonly start: 0 }
  | { readonly kind: 'name'; readonly name: string; readonly start: number }
  | { readonly kind: 'limit'; readonly text: string; readonly start: number };

const wholeValue: Parts = { kind: 'whole', start: 0 };

/**
 * By the count of `:` and `=` in the value (spec/newest.md section 1.1): exactly one `:` parts a
 * name from the number, whatever number of `=` there are; otherwise exactly one `=` parts a limit
 * from it.
 */
function partsOf(value: string, dialect: Dialect): Parts | 'tooMany' {
  const colons = count(value, ':');
  if (colons === 1) {
    const colon = value.indexOf(':');
    return { kind: 'name', name: value.slice(0, colon), start: colon + 1 };
  }
  if (!isAtLeast(dialect, dialects.groupLimits)) return colons === 0 ? wholeValue : 'tooMany';
  const equals = count(value, '=');
  if (equals === 0) return wholeValue;
  if (equals > 1) return 'tooMany';
  const equal = value.indexOf('=');
  return { kind: 'limit', text: value.slice(0, equal), start: equal + 1 };
}

function wholeOrLimit(parts: Exclude<Parts, { kind: 'name' }>): CountedGroup {
  if (parts.kind === 'whole') return { kind: 'anybody' };
  return { kind: 'limit', limit: parseGroupLimit(parts.text) };
}

function count(text: string, mark: string): number {
  return text.split(mark).length - 1;
}
