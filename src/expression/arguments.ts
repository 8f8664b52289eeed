/** How the values of valued terms are read: one reader a family of terms. */
import {
  compileGlob,
  parseSize,
  parseWholeNumber,
  type Glob,
  type GlobFlavour,
} from '../units/index.ts';
import { haskellString } from './haskell-string.ts';
import type { Problem } from './problem.ts';

/** The value read, or what is wrong with it; the caller knows where it stands. */
export type Reading<A> =
  | { readonly isRead: true; readonly argument: A }
  | { readonly isRead: false; readonly problem: Omit<Problem, 'span'> };

/** Reads the value of a term; the name is there for messages. */
export type ReadArgument<A> = (value: string, name: string) => Reading<A>;

/** Levels from least to most trusted, as `copies=LEVEL:N` names them. */
export const trustLevels = ['dead', 'untrusted', 'semitrusted', 'trusted'] as const;

/** Whose copies `copies=` counts (spec/expressions.md section 6.5). */
export type CopiesOf =
  | { readonly kind: 'anybody' }
  | {
      readonly kind: 'trust';
      readonly level: (typeof trustLevels)[number];
      readonly orHigher: boolean;
    }
  | { readonly kind: 'group'; readonly group: string };

export interface CopiesArgument {
  readonly of: CopiesOf;
  readonly number: bigint;
}

export interface BalancedArgument {
  readonly group: string;
  /** How many members take each key. */
  readonly number: bigint;
}

export type MetadataTest =
  | { readonly kind: 'matches'; readonly glob: Glob }
  | { readonly kind: 'compares'; readonly operator: MetadataOperator; readonly value: string };

export type MetadataOperator = '<' | '<=' | '>' | '>=';

export interface MetadataArgument {
  /** In lower case. */
  readonly field: string;
  readonly test: MetadataTest;
}

/** A bare term has nothing to read. */
export const readNothing: ReadArgument<null> = () => read(null);

/** A name taken as it stands: a group, a backend. */
export const readName: ReadArgument<string> = (value) => read(value);

/** A glob; one that cannot be compiled is accepted (section 6.4). */
export function readGlob(flavour: GlobFlavour): ReadArgument<Glob> {
  return (value) => read(compileGlob(value, flavour));
}

/** `N`, `LEVEL:N`, `LEVEL+:N` or `GROUP:N` (section 6.5). */
export const readCopies: ReadArgument<CopiesArgument> = (value, name) => {
  const [first = '', second, ...rest] = value.split(':');
  if (rest.length > 0) return tooManyColons(name);
  const number = parseWholeNumber(second ?? first);
  if (number === undefined) return badNumber(name, `bad number for ${name}`);
  return read({ of: second === undefined ? { kind: 'anybody' } : copiesOf(first), number });
};

/** "A word that is a level, or a level and `+`, is always read as one" (section 6.5). */
export function copiesOf(word: string): CopiesOf {
  const orHigher = word.endsWith('+');
  const bare = orHigher ? word.slice(0, -1) : word;
  const level = trustLevels.find((level) => level === bare);
  return level === undefined ? { kind: 'group', group: word } : { kind: 'trust', level, orHigher };
}

/** `N` of the lacking terms (section 6.6). */
export const readLacking: ReadArgument<bigint> = (value, name) => {
  const number = parseWholeNumber(value);
  if (number === undefined) return badNumber(name, 'bad value for number of lacking copies');
  return read(number);
};

/** `GROUP` or `GROUP:N` (section 12.1). */
export const readBalanced: ReadArgument<BalancedArgument> = (value, name) => {
  const [group = '', digits, ...rest] = value.split(':');
  if (rest.length > 0) return tooManyColons(name);
  const number = digits === undefined ? 1n : parseWholeNumber(digits);
  if (number === undefined) return badNumber(name, `bad number for ${name}`);
  return read({ group, number });
};

/** A data size (section 5.2). */
export const readSize: ReadArgument<bigint> = (value, name) => {
  const bytes = parseSize(value);
  if (bytes !== undefined) return read(bytes);
  return refuse({
    code: 'BX107',
    message: `"${name}" wants a size, got ${JSON.stringify(value)}`,
    expected: 'a number and a unit, such as 100kb, 1.5GB or 2GiB',
    hint: 'units are b, kB, MB, GB, TB, PB, EB and KiB, MiB, GiB, TiB, PiB, EiB',
    gitAnnexMessage: 'bad size',
  });
};

const metadataValue = /^([^=<>]*)(<=|>=|=|<|>)?([^]*)$/;
const metadataField = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;

/** `FIELD=GLOB`, or `FIELD` `<` `<=` `>` `>=` `VALUE` (section 6.9). */
export const readMetadata: ReadArgument<MetadataArgument> = (text, name) => {
  const [, field = '', operator = '=', value = ''] = metadataValue.exec(text) ?? [];
  if (!metadataField.test(field)) return badField(field, name);
  const test: MetadataTest = isOrder(operator)
    ? { kind: 'compares', operator, value }
    : { kind: 'matches', glob: compileGlob(value, 'metadata') };
  return read({ field: field.toLowerCase(), test });
};

function isOrder(operator: string): operator is MetadataOperator {
  return operator !== '=';
}

function read<A>(argument: A): Reading<A> {
  return { isRead: true, argument };
}

function refuse(problem: Omit<Problem, 'span'>): Reading<never> {
  return { isRead: false, problem };
}

function badNumber(name: string, gitAnnexMessage: string): Reading<never> {
  return refuse({
    code: 'BX105',
    message: `"${name}" wants a whole number`,
    expected: 'a whole number, such as 2',
    hint: undefined,
    gitAnnexMessage,
  });
}

function tooManyColons(name: string): Reading<never> {
  return refuse({
    code: 'BX106',
    message: `"${name}" wants one name and one number`,
    expected: 'GROUP:NUMBER with a single ":"',
    hint: 'a group whose name holds ":" cannot be named here',
    gitAnnexMessage: `bad value for ${name}`,
  });
}

function badField(field: string, name: string): Reading<never> {
  const shown = field.replace(/\p{Cc}/gu, '');
  return refuse({
    code: 'BX108',
    message: `${haskellString(field)} cannot be the name of a metadata field`,
    expected:
      'FIELD=GLOB; a field begins with a letter or number and goes on with those, "_", "-" or "."',
    hint: field === '' ? `name the field: ${name}=tag=*` : undefined,
    gitAnnexMessage: `Illegal metadata field name, "${shown}"`,
  });
}
