/** Words that stand for numbers and sizes (spec/sim.md section 4.1). */
import { largeNumbersOf, type Dialect } from '../../expression/index.ts';
import { parseSize } from '../../units/index.ts';

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
export function readSizeWord(text: string, dialect: Dialect): bigint | undefined {
  const bytes = parseSize(text, largeNumbersOf(dialect));
  return bytes === undefined || bytes < 0n || bytes > sizeBytesMax ? undefined : bytes;
}

/** The largest size that is read: what a double can still hold. */
const sizeBytesMax = BigInt(Number.MAX_VALUE);
