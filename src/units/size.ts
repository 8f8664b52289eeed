import { isLetter, lowerSimpleText } from './letter-case.ts';
import { doubleOf, readLeadingNumber, roundHalfEven, type LargeNumbers } from './number.ts';
import { skipWhiteSpace } from './white-space.ts';

/**
 * Bytes that a text such as `1.5 GB` stands for, as `git annex maxsize` and `smallerthan=` read it:
 * a number, a unit or none, and whatever follows is ignored (spec/expressions.md section 5.2).
 * @param largeNumbers how the largest units were turned into doubles (spec/newest.md section 2.2).
 */
export function parseSize(
  text: string,
  largeNumbers: LargeNumbers = 'nearest',
): bigint | undefined {
  const number = readLeadingNumber(text);
  if (number === undefined) return undefined;
  const multiplier = multipliers[largeNumbers].get(
    unitOf(text.slice(skipWhiteSpace(text, number.end))),
  );
  if (multiplier === undefined) return undefined;
  return roundHalfEven(number.value * multiplier, number.isNegative);
}

/** The letters that a text begins with, in lower case. */
function unitOf(text: string): string {
  let unit = '';
  for (const character of text) {
    if (!isLetter(character)) break;
    unit += character;
  }
  return lowerSimpleText(unit);
}

const decimalPrefixes = 'kilo mega giga tera peta exa zetta yotta ronna quetta'.split(' ');
const binaryPrefixes = 'kibi mebi gibi tebi pebi exbi zebi yobi'.split(' ');

/** Factors by unit in lower case. Where two entries share a spelling the first one stands. */
const multipliers: Readonly<Record<LargeNumbers, ReadonlyMap<string, number>>> = {
  nearest: unitTable('nearest'),
  cut: unitTable('cut'),
};

function unitTable(largeNumbers: LargeNumbers): Map<string, number> {
  const table = new Map<string, number>([['', 1]]);
  const add = (abbreviation: string, name: string, factor: bigint): void => {
    const spellings = [abbreviation, name, `${name}s`];
    if (abbreviation.length > 1 && abbreviation.endsWith('b')) {
      spellings.push(abbreviation.slice(0, -1));
    }
    for (const spelling of spellings) {
      if (!table.has(spelling)) table.set(spelling, doubleOf(factor, largeNumbers));
    }
  };
  for (const [index, prefix] of decimalPrefixes.entries()) {
    add(`${prefix.charAt(0)}b`, `${prefix}byte`, 1000n ** BigInt(index + 1));
  }
  add('b', 'byte', 1n);
  for (const [index, prefix] of binaryPrefixes.entries()) {
    add(`${prefix.charAt(0)}ib`, `${prefix}byte`, 1024n ** BigInt(index + 1));
  }
  for (const [index, prefix] of decimalPrefixes.slice(0, 8).entries()) {
    add(`${prefix.charAt(0)}bit`, `${prefix}bit`, 1000n ** BigInt(index + 1) / 8n);
  }
  return table;
}
