/** Words that stand for numbers, sizes and settings (spec/sim.md section 4.1). */
import { trustLevels, type Dialect, largeNumbersOf } from '../../expression/index.ts';
import type { TrustLevel } from '../../placement/index.ts';
import { parseSize } from '../../units/index.ts';
import type { MetadataChange } from './command.ts';

const wholeNumber = /^(-?)([0-9]+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/;

/** Longest number that is read, in characters: far beyond what 64 bits hold. */
const numberLengthMax = 1000;

/** A whole number, wrapped to 64 bits signed. */
export function readNumber(text: string): bigint | undefined {
  if (text.length > numberLengthMax) return undefined;
  const [, sign, magnitude] = wholeNumber.exec(text) ?? [];
  if (magnitude === undefined) return undefined;
  const value = BigInt(magnitude.toLowerCase());
  return BigInt.asIntN(64, sign === '-' ? -value : value);
}

/** Bytes: a size as git-annex reads it, and neither below zero nor beyond all measure. */
export function readSize(text: string, dialect: Dialect): bigint | undefined {
  const bytes = parseSize(text, largeNumbersOf(dialect));
  return bytes === undefined || bytes < 0n || bytes > sizeBytesMax ? undefined : bytes;
}

/** The largest size that is read: what a double can still hold. */
const sizeBytesMax = BigInt(Number.MAX_VALUE);

export function readTrustLevel(text: string): TrustLevel | undefined {
  return trustLevels.find((level) => level === text);
}

/** A true or false word of git config. */
export function readSwitch(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : undefined;
}

/**
 * `field=value`, `field+=value`, `field-=value`, `field?=value`, and as git-annex has it the same with an
 * empty value when there is no `=`. Whether it may be the name of a field is {@link isMetadataField}.
 */
export function readMetadataChange(text: string): MetadataChange {
  const equals = text.indexOf('=');
  const before = equals < 0 ? text : text.slice(0, equals);
  const operator = operators.get(before.at(-1));
  const field = operator === undefined ? before : before.slice(0, -1);
  const value = equals < 0 ? '' : text.slice(equals + 1);
  return { field, operator: operator ?? '=', value, text };
}

const operators: ReadonlyMap<string | undefined, MetadataChange['operator']> = new Map([
  ['+', '+='],
  ['-', '-='],
  ['?', '?='],
]);

/** Letters, digits, and after the first also dots, dashes and underscores, as git-annex has it. */
export function isMetadataField(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name);
}
