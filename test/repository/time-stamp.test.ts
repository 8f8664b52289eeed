import { describe, expect, test } from 'vitest';
import { compareStamps, formatStamp, nextStamp, parseStamp } from '../../src/repository/index.ts';
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
  ])('reads %s as %s', (text, written) => {
    expect(formatStamp(stamp(text))).toBe(written);
  });

  test.each(['', 's', 'x', '1e3s', '.5s', '5.s', '7ss', '1 2', ' 8s', '1'.repeat(100)])(
    'takes %j for no stamp',
    (text) => {
      expect(parseStamp(text)).toBeUndefined();
    },
  );

  test.each([
    ['5.0000000000000001s', '5.0s'],
    ['9007199254740993s', '9007199254740992s'],
    ['10s', '9.999999999999999999999s'],
    ['-3s', '-5s'],
    ['-1.25s', '-1.5s'],
    ['99999999999999999999999999999s', '5s'],
  ])('puts %s after %s', (newer, older) => {
    expect(compareStamps(stamp(newer), stamp(older))).toBeGreaterThan(0);
    expect(compareStamps(stamp(older), stamp(newer))).toBeLessThan(0);
  });

  test('takes 5.5 and 5.50 for one moment', () => {
    expect(compareStamps(stamp('5.5s'), stamp('5.50'))).toBe(0);
  });

  test('dates a new line a second after the one it replaces when the clock is behind', () => {
    const next = (now: string, replaced?: string): string =>
      formatStamp(nextStamp(stamp(now), replaced === undefined ? undefined : stamp(replaced)));

    expect(next('100s')).toBe('100s');
    expect(next('100s', '7s')).toBe('100s');
    expect(next('100s', '100s')).toBe('101s');
    expect(next('100s', '1796000000.25s')).toBe('1796000001.25s');
  });
});
