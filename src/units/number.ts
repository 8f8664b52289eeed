import { skipWhiteSpace } from './white-space.ts';

const wholeNumber =
  /^(-?)(?:(0[xX][0-9a-fA-F]+|0[oO][0-7]+)|([0-9]+)(?!\.[0-9]|[eE][+-]?[0-9]|[0-9]))/;

/**
 * The whole number that a text begins with; what follows it is ignored, and the value wraps to 64
 * bits signed. `undefined` when there is none, or when it is a fraction
 * (spec/expressions.md section 5.1).
 */
export function parseWholeNumber(text: string): bigint | undefined {
  const match = wholeNumber.exec(text);
  if (match === null) return undefined;
  const [, sign, based, decimal] = match;
  const magnitude =
    based === undefined
      ? wrappedDecimal(decimal ?? '0')
      : BigInt(based.slice(0, 2).toLowerCase() + based.slice(2).slice(-basedDigitsMax));
  return BigInt.asIntN(64, sign === '-' ? -magnitude : magnitude);
}

/** Of a number in base 16 or 8 no more digits than these reach 64 bits. */
const basedDigitsMax = 22;

/** Digits that are taken together into a number that wraps. */
const decimalPiece = 18;

/**
 * A decimal number modulo 2^64, in a time that is linear in its length, which reading it whole is
 * not.
 */
function wrappedDecimal(digits: string): bigint {
  let value = 0n;
  for (let start = 0; start < digits.length; start += decimalPiece) {
    const piece = digits.slice(start, start + decimalPiece);
    value = BigInt.asUintN(64, value * 10n ** BigInt(piece.length) + BigInt(piece));
  }
  return value;
}

/** A number read from the start of a text. */
export interface LeadingNumber {
  readonly value: number;
  /** Written with a minus sign; tells the two NaNs apart. */
  readonly isNegative: boolean;
  /** Index of the first character that is not part of it. */
  readonly end: number;
}

const magnitude =
  /(?:(NaN|Infinity)(?![\p{L}\p{N}_'])|(0[xX][0-9a-fA-F]+|0[oO][0-7]+)|([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?))/uy;

/**
 * The number that a text begins with, as a double: white space, parentheses, a minus sign, digits
 * with fraction and exponent, or a whole number in base 16 or 8 (spec/expressions.md section 5.2,
 * step 1).
 */
export function readLeadingNumber(text: string): LeadingNumber | undefined {
  let index = skipWhiteSpace(text, 0);
  let parentheses = 0;
  while (text.charAt(index) === '(') {
    parentheses += 1;
    index = skipWhiteSpace(text, index + 1);
  }
  const isNegative = text.charAt(index) === '-';
  if (isNegative) index = skipWhiteSpace(text, index + 1);
  magnitude.lastIndex = index;
  const match = magnitude.exec(text);
  if (match === null) return undefined;
  index = magnitude.lastIndex;
  for (; parentheses > 0; parentheses -= 1) {
    index = skipWhiteSpace(text, index);
    if (text.charAt(index) !== ')') return undefined;
    index += 1;
  }
  const value = Number(match[0].toLowerCase() === 'infinity' ? Infinity : match[0].toLowerCase());
  return { value: isNegative ? -value : value, isNegative, end: index };
}

/**
 * The number that a whole text is, with white space allowed around it; `undefined` when anything
 * else is left (spec/expressions.md section 5.3).
 */
export function parseFraction(text: string): number | undefined {
  const number = readLeadingNumber(text);
  if (number === undefined) return undefined;
  return skipWhiteSpace(text, number.end) === text.length ? number.value : undefined;
}

/**
 * How a whole number of 2^63 or more becomes a double: to the nearest, or by cutting it to 53 bits.
 */
export type LargeNumbers = 'nearest' | 'cut';

/**
 * A whole number as a double: to the nearest, halves to even. Older builds of git-annex cut the
 * large ones, which shows at the edges (spec/expressions.md section 5.2, spec/newest.md section
 * 2.2).
 */
export function doubleOf(value: bigint, largeNumbers: LargeNumbers = 'nearest'): number {
  const size = value < 0n ? -value : value;
  if (largeNumbers === 'nearest' || size < 1n << 63n) return Number(value);
  const excess = BigInt(size.toString(2).length - 53);
  const cut = Number((size >> excess) << excess);
  return value < 0n ? -cut : cut;
}

/** The nearest whole number, halves to even; infinities and NaN as the real program has them. */
export function roundHalfEven(value: number, isNegative: boolean): bigint {
  if (Number.isNaN(value)) return (isNegative ? 3n : -3n) << 1023n;
  if (!Number.isFinite(value)) return value > 0 ? 1n << 1024n : -(1n << 1024n);
  const below = Math.floor(value);
  const rest = value - below;
  const isUp = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return BigInt(isUp ? below + 1 : below);
}
