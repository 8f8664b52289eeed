import { describe, expect, test } from 'vitest';
import { mergedForWriting, unionMerge } from '../../src/repository/index.ts';
import { imaginaryUuid } from '../support/branch.ts';

const one = imaginaryUuid(1);

describe('union merge', () => {
  test('takes the lines of both sides once, sorted bytewise', () => {
    const ours = `1795999999s 1 ${one}\n1700000000.5s 1 ${imaginaryUuid(4)}\n`;
    const theirs = `1795357900s 0 ${one}\n1795999999s 1 ${one}\n`;

    expect(unionMerge(ours, theirs)).toBe(
      `1700000000.5s 1 ${imaginaryUuid(4)}\n1795357900s 0 ${one}\n1795999999s 1 ${one}\n`,
    );
  });

  test('sorts by bytes where UTF-16 has another order', () => {
    expect(unionMerge('\u{1F600}\n\uFFFD\n', '\udcff\nz\n')).toBe('z\n\uFFFD\n\u{1F600}\n\udcff\n');
  });

  test.each([
    ['b\na\n', 'a\nb\n', 'b\na\n'],
    ['b\na\n', 'b\n', 'b\na\n'],
    ['b\n', 'b\na\n', 'b\na\n'],
    ['a\n\nb', 'c\n\nb\nb\n', '\na\nb\nc\n'],
    ['b\r\na\n', 'a\n', 'b\r\na\n'],
    ['b\r\na\n', 'c\ra\n', 'a\nb\r\nc\ra\n'],
    ['z', '', 'z'],
    ['', 'z', 'z'],
  ])('of %j and %j makes %j', (ours, theirs, merged) => {
    expect(unionMerge(ours, theirs)).toBe(merged);
  });
});

describe('merged for writing', () => {
  test('drops what a newer line of the same subject supersedes', () => {
    const merged = (path: string, ours: string, theirs: string): string =>
      mergedForWriting(path, { ours, theirs });

    expect(merged('uuid.log', `${one} new timestamp=6s\n`, `${one} old timestamp=5s\nodd\n`)).toBe(
      `${one} new timestamp=6s\nodd\n`,
    );
    expect(merged('maxsize.log', `5s ${one} 10\n`, `6s ${one} 20\n`)).toBe(`6s ${one} 20\n`);
    expect(merged('maxsize.log', `5s ${one} 10\r`, `6s ${one} 20\r\n`)).toBe(`6s ${one} 20\n`);
    expect(merged('maxsize.log', `5s ${one} 10\r`, `5s ${one} 10\r`)).toBe(`5s ${one} 10\r`);
    expect(merged('numcopies.log', '5s 1\n', '5s 2\n4s 9\n')).toBe('5s 1\n5s 2\n');
    expect(merged('f87/4d5/A--b.log', `6s 0 ${one}\n`, `5s 1 ${one}\nodd\n`)).toBe(`6s 0 ${one}\n`);
    expect(merged('f87/4d5/A--b.log.web', '6s 0 u\n', '5s 1 u\n')).toBe('5s 1 u\n6s 0 u\n');
  });
});
