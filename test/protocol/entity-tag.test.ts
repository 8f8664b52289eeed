import { describe, expect, it } from 'vitest';
import {
  allowsRange,
  entityTagOf,
  formatEntityTag,
  judgeConditions,
} from '../../src/protocol/index.ts';
import { keyOf } from '../support/objects.ts';

const hash = 'a'.repeat(64);
const strong = { opaque: 'a', isWeak: false };
const weak = { opaque: 'a', isWeak: true };

function tagOf(keyText: string, sizeBytes: number): string | undefined {
  const tag = entityTagOf(keyOf(keyText), sizeBytes);
  return tag === undefined ? undefined : formatEntityTag(tag);
}

function isNotModified(ifNoneMatch: string, tag = strong): boolean {
  return judgeConditions({ ifNoneMatch, ifMatch: undefined }, tag) === 'notModified';
}

describe('the tag of a content', () => {
  it('is the key, and strong, when the key has its hash', () => {
    expect(tagOf(`SHA256E-s5--${hash}.txt`, 5)).toBe(`"SHA256E-s5--${hash}.txt"`);
    expect(tagOf(`SHA256--${hash}`, 5)).toBe(`"SHA256--${hash}"`);
  });

  it('is weak, and has the size, when contents of the key may differ', () => {
    expect(tagOf('WORM-s5-m1--name', 5)).toBe('W/"WORM-s5-m1--name;5"');
    expect(tagOf('URL--http&c%%example.org', 7)).toBe('W/"URL--http%26c%25%25example.org;7"');
    expect(tagOf('XEXTERNAL-s5--name', 5)).toBe('W/"XEXTERNAL-s5--name;5"');
  });

  it('is weak when the content has not the size that the key says', () => {
    expect(tagOf(`SHA256-s5--${hash}`, 4)).toBe(`W/"SHA256-s5--${hash};4"`);
  });

  it('of a key with any characters is one that a header can hold', () => {
    expect(tagOf('WORM--a"b\r\n\udc80é', 1)).toBe('W/"WORM--a%22b%0D%0A%80%C3%A9;1"');
  });

  it('is none when the key is longer than any file name', () => {
    expect(tagOf(`WORM--${'a'.repeat(2000)}`, 1)).toBeUndefined();
  });
});

describe('If-None-Match', () => {
  it.each(['"a"', 'W/"a"', '"b", "a"', '"b",W/"a" ', '*', ' * '])('%s has the tag', (header) => {
    expect(isNotModified(header)).toBe(true);
    expect(isNotModified(header, weak)).toBe(true);
  });

  it.each(['"b"', 'a', '', '"A"', '"a', 'a"', '"*"'])('%s has it not', (header) => {
    expect(isNotModified(header)).toBe(false);
  });
});

describe('If-Match', () => {
  it.each([
    ['"a"', strong, 'send'],
    ['"b", "a"', strong, 'send'],
    ['*', weak, 'send'],
    ['"b"', strong, 'failed'],
    ['W/"a"', strong, 'failed'],
    ['"a"', weak, 'failed'],
  ])('%s with %o', (ifMatch, tag, outcome) => {
    expect(judgeConditions({ ifMatch, ifNoneMatch: undefined }, tag)).toBe(outcome);
  });
});

describe('If-Range', () => {
  it('lets a range be sent for the same strong tag alone', () => {
    expect(allowsRange(undefined, weak)).toBe(true);
    expect(allowsRange('"a"', strong)).toBe(true);
    expect(allowsRange('"b"', strong)).toBe(false);
    expect(allowsRange('W/"a"', strong)).toBe(false);
    expect(allowsRange('W/"a"', weak)).toBe(false);
    expect(allowsRange('"a"', weak)).toBe(false);
    expect(allowsRange('*', strong)).toBe(false);
    expect(allowsRange('Tue, 24 Nov 2026 17:26:18 GMT', strong)).toBe(false);
  });
});
