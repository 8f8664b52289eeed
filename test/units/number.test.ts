import { describe, expect, test } from 'vitest';
import { doubleOf, parseFraction, parseWholeNumber } from '../../src/units/index.ts';

describe('whole numbers', () => {
  test.each([
    ['1', 1n],
    ['-2', -2n],
    ['0x1F', 31n],
    ['0o17', 15n],
    ['1abc', 1n],
    ['1.', 1n],
    ['1_000', 1n],
    ['1e', 1n],
    ['0b11', 0n],
    ['0x', 0n],
    ['18446744073709551617', 1n],
    ['9223372036854775808', -9223372036854775808n],
  ])('%s is %s', (text, value) => {
    expect(parseWholeNumber(text)).toBe(value);
  });

  test.each(['', '+1', '.5', '--1', '1.5', '1e3', '1E+3', '١', 'x'])('%j is none', (text) => {
    expect(parseWholeNumber(text)).toBeUndefined();
  });
});

describe('fractions', () => {
  test.each([
    [' 7 ', 7],
    ['(5)', 5],
    ['0x10', 16],
    ['1e2', 100],
    ['-3', -3],
    ['NaN', Number.NaN],
    ['( (-1) )', -1],
    ['-Infinity', -Infinity],
  ])('%j is %d', (text, value) => {
    expect(parseFraction(text)).toBe(value);
  });

  test.each(['5.', '.5', '1e', '10x', '', '-(1)', '(1', 'nan', 'InfinityGB', 'inf'])(
    '%j is none',
    (text) => {
      expect(parseFraction(text)).toBeUndefined();
    },
  );
});

test('a whole number of 2^63 or more was cut by older builds, a smaller one rounded', () => {
  const step = 2n ** 11n;

  expect(doubleOf(2n ** 63n + step - 1n, 'cut')).toBe(2 ** 63);
  expect(doubleOf(-(2n ** 63n) - step + 1n, 'cut')).toBe(-(2 ** 63));
  expect(doubleOf(2n ** 62n + step / 2n - 1n, 'cut')).toBe(2 ** 62 + 2 ** 10);
});

test('a whole number is rounded to the nearest double, halves to even', () => {
  const step = 2n ** 11n;

  expect(doubleOf(2n ** 63n + step - 1n)).toBe(2 ** 63 + 2 ** 11);
  expect(doubleOf(2n ** 63n + step / 2n)).toBe(2 ** 63);
  expect(doubleOf(2n ** 63n + step + step / 2n)).toBe(2 ** 63 + 2 ** 12);
});
