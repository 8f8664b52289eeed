import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteText, shareOf } from '../../../src/report/words/byte-text.ts';

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB', 'RB', 'QB'];

/** The number that a text of bytes says, times a thousand. */
function thousandfold(text: string): bigint {
  const [, sign, whole = '', part = '', exponent = '0', unit = ''] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e(\d+))? (\w+)$/.exec(text) ?? [];
  expect(units).toContain(unit);
  const places = BigInt(3 - part.length + Number(exponent) + 3 * units.indexOf(unit));
  const size = BigInt(whole + part) * 10n ** places;
  return sign === '-' ? -size : size;
}

describe('bytes for people', () => {
  it.each([
    [0n, '0 B'],
    [999n, '999 B'],
    [1000n, '1 kB'],
    [999_499n, '999 kB'],
    [999_500n, '1 MB'],
    [12_345n, '12.3 kB'],
    [-5_000_000n, '-5 MB'],
    [10n ** 27n, '1 RB'],
    [1234n * 10n ** 30n, '1234 QB'],
    [10n ** 400n, '1e370 QB'],
    [-(10n ** 5000n), '-1e4970 QB'],
  ])('%s', (bytes, text) => {
    expect(byteText(bytes)).toBe(text);
  });

  it('are right to three digits, however many', () => {
    const anyLength = fc
      .tuple(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.nat({ max: 3000 }))
      .map(([digits, zeros]) => digits * 10n ** BigInt(zeros));
    fc.assert(
      fc.property(anyLength, (bytes) => {
        const off = thousandfold(byteText(bytes)) - bytes * 1000n;
        const most = bytes < 0n ? -bytes : bytes;
        expect((off < 0n ? -off : off) * 190n).toBeLessThanOrEqual(most * 1000n);
      }),
      { seed: 20261127 },
    );
  });
});

describe('a share', () => {
  it.each([
    [0n, 0n, 0],
    [1n, 4n, 0.25],
    [3n * 10n ** 500n, 4n * 10n ** 500n, 0.75],
    [5n * 10n ** 500n, 2n * 10n ** 500n, 2.5],
    [1n, 10n ** 500n, 0],
  ])('of %s in %s', (part, whole, share) => {
    expect(shareOf(part, whole)).toBeCloseTo(share, 12);
  });
});
