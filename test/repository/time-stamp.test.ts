import { describe, expect, test } from 'vitest';
import {
  compareStamps,
  formatStamp,
  nextStamp,
  noStamp,
  parseStamp,
  stampOf,
} from '../../src/repository/index.ts';
import type { TimeStamp } from '../../src/repository/index.ts';

function stamp(text: string): TimeStamp {
  const parsed = parseStamp(text);
  if (parsed === undefined) throw new Error(`not a stamp: ${text}`);
  return parsed;
}

describe('stamps', () => {
  test.each([
    ['1795356182s', '1795356182s'],
    ['1700000000', '1700000000s'],
    ['1287290776.765152s', '1287290776.765152s'],
    ['5.50s', '5.5s'],
    ['+7s', '7s'],
    ['007s', '7s'],
    ['-6.25s', '-6.25s'],
    ['-0s', '0s'],
    ['-0.5s', '0.5s'],
    ['5.1234567890129s', '5.123456789012s'],
  ])('reads %s as %s', (text, written) => {
    expect(formatStamp(stamp(text))).toBe(written);
  });

  test.each(['', 's', 'x', '1e3s', '.5s', '5.s', '7ss', '1 2', ' 8s', '+-6s'])(
    'takes %j for no stamp',
    (text) => {
      expect(parseStamp(text)).toBeUndefined();
    },
  );

  test.each([
    ['5.000000000001s', '5.0s'],
    ['9007199254740993s', '9007199254740992s'],
    ['10s', '9.999999999999999999999s'],
    ['-3s', '-5s'],
    ['-1.25s', '-1.5s'],
    ['-9s', '-10s'],
    ['10s', '9s'],
    ['0s', '-1s'],
    ['99999999999999999999999999999s', '5s'],
  ])('puts %s after %s', (newer, older) => {
    expect(compareStamps(stamp(newer), stamp(older))).toBeGreaterThan(0);
    expect(compareStamps(stamp(older), stamp(newer))).toBeLessThan(0);
  });

  test('takes 5.5 and 5.50 for one moment', () => {
    expect(compareStamps(stamp('5.5s'), stamp('5.50'))).toBe(0);
  });

  test('takes what differs by less than a picosecond for one moment, as git-annex does', () => {
    expect(compareStamps(stamp('5.1234567890123s'), stamp('5.1234567890124s'))).toBe(0);
    expect(compareStamps(stamp('5.123456789012s'), stamp('5.123456789013s'))).toBeLessThan(0);
  });

  test('takes no stamp for older than any', () => {
    expect(compareStamps(noStamp, stamp(`-${'9'.repeat(100)}s`))).toBeLessThan(0);
    expect(compareStamps(stamp(`-${'9'.repeat(100)}s`), noStamp)).toBeGreaterThan(0);
    expect(compareStamps(noStamp, noStamp)).toBe(0);
  });

  test('of a million digits cost no more than to read them', () => {
    const huge = stamp(`${'9'.repeat(1_000_000)}s`);
    const next = nextStamp(stamp('1700000000s'), huge);

    expect(compareStamps(next, huge)).toBeGreaterThan(0);
    expect(formatStamp(next)).toBe(`1${'0'.repeat(1_000_000)}s`);
  }, 5000);

  test('a clock that stands before 1970 stands at it', () => {
    expect(formatStamp(stampOf(-5000))).toBe('0s');
    expect(formatStamp(stampOf(1999))).toBe('1s');
  });

  test('dates a new line a second after the one it replaces when the clock is behind', () => {
    const next = (now: string, replaced?: string): string =>
      formatStamp(nextStamp(stamp(now), replaced === undefined ? undefined : stamp(replaced)));

    expect(next('100s')).toBe('100s');
    expect(next('100s', '7s')).toBe('100s');
    expect(next('100s', '100s')).toBe('101s');
    expect(next('100s', '1796000000.25s')).toBe('1796000001.25s');
    expect(next('100s', '1999.5s')).toBe('2000.5s');
    expect(next('100s', `${'9'.repeat(80)}s`)).toBe(`1${'0'.repeat(80)}s`);
    expect(next('0s', '-1.25s')).toBe('0s');
  });
});
