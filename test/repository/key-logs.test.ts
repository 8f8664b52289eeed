import { describe, expect, test } from 'vitest';
import { parseKey, type Key } from '../../src/key/index.ts';
import {
  equivalentKeysLogPath,
  metadataLogPath,
  parseEquivalentKeysLog,
  parseMetadataLog,
  parseUrlLog,
  urlLogPath,
} from '../../src/repository/index.ts';

/** Without the fields that say when others changed. */
function fieldsOf(log: string): Record<string, readonly string[]> {
  const all = Object.entries(Object.fromEntries(parseMetadataLog(log)));
  return Object.fromEntries(all.filter(([name]) => !/(?:^|-)lastchanged$/.test(name)));
}

test('the logs of a key stand beside its location log', () => {
  const key: Key | undefined = parseKey('WORM-s3-m1--a_b/c%d');
  if (key === undefined) throw new Error('no key');

  // spec/git-annex-branch.md section 3.5 has this key's directory.
  expect(metadataLogPath(key)).toBe('574/ac8/WORM-s3-m1--a_b%c&sd.log.met');
  expect(urlLogPath(key)).toBe('574/ac8/WORM-s3-m1--a_b%c&sd.log.web');
  expect(equivalentKeysLogPath(key)).toBe('574/ac8/WORM-s3-m1--a_b%c&sd.log.ek');
});

describe('a metadata log, as git-annex 10.20250416 was seen to read it', () => {
  test.each<[string, string, Record<string, readonly string[]>]>([
    ['has fields with values', '5s note +a tag +b +c\n', { note: ['a'], tag: ['b', 'c'] }],
    ['has lines that add to one another', '5s tag +a\n6s tag +b\n', { tag: ['a', 'b'] }],
    ['forgets what was removed later', '5s tag +a +b\n6s tag -a\n', { tag: ['b'] }],
    ['goes by time, not by place', '6s tag +a\n5s tag -a\n', { tag: ['a'] }],
    ['goes by the last of equal times', '5s tag +a\n5s tag -a\n5s u -a\n5s u +a\n', { u: ['a'] }],
    ['goes by the last word of a line', '5s tag +a -a\n5s u -a +a\n', { u: ['a'] }],
    [
      'has fields in any case',
      '5s Tag +a TAG +b\n6s tÄg +c\n7s täG +d\n',
      {
        tag: ['a', 'b'],
        täg: ['c', 'd'],
      },
    ],
    [
      'holds blanks in base64',
      '5s note +!dHdvIHdvcmRz ex +!IXg= e + f +!\n',
      {
        note: ['two words'],
        ex: ['!x'],
        e: [''],
        f: [''],
      },
    ],
    [
      'has no value where base64 is broken',
      '5s tag +a +!!! +!Zg +!Zm9v+ u +!bad!\n',
      { tag: ['a'] },
    ],
    [
      'takes the first word for a field',
      '5s +d\n5s +tag +a\n5s -x +b\n',
      { '+tag': ['a'], '-x': ['b'] },
    ],
    ['takes a word without a sign for a field', '5s tag a\n6s tag  +e\n', { '': ['e'] }],
    ['takes no other blank for one', '5s u +y\t+z\r\n6s v +w\r\n', { u: ['y\t+z'], v: ['w'] }],
    ['has lines without a time, that say nothing', 'tag +a\nx tag +a\n\n', {}],
  ])('%s', (_what, log, expected) => {
    expect(fieldsOf(log)).toEqual(expected);
  });

  test('knows when each field that is set was changed, and the whole', () => {
    const log = '5s tag +a\n7.5s note +b\n6s tag +c\n8s tag -c\n9s gone +x\n9s gone -x\n10s zz\n';

    expect(Object.fromEntries(parseMetadataLog(log))).toEqual({
      tag: ['a'],
      'tag-lastchanged': ['1970-01-01@00-00-08'],
      note: ['b'],
      'note-lastchanged': ['1970-01-01@00-00-07'],
      lastchanged: ['1970-01-01@00-00-10'],
    });
  });

  test('adds to a field that is named like these', () => {
    expect(parseMetadataLog('5s lastchanged +y\n').get('lastchanged')).toEqual([
      'y',
      '1970-01-01@00-00-05',
    ]);
  });

  test('tells times beyond the year 9999, and none beyond those that a computer counts', () => {
    expect(parseMetadataLog('253402300800s a +b').get('lastchanged')).toEqual([
      '10000-01-01@00-00-00',
    ]);
    expect(parseMetadataLog('99999999999999999s a +b').get('lastchanged')).toEqual([]);
  });

  test('is read in a moment when it is long', () => {
    const log = Array.from({ length: 50_000 }, (_, line) => `${line}s f${line % 100} +${line}\n`);

    expect(parseMetadataLog(log.join('')).get('f7')).toHaveLength(500);
  });
});

describe('logs of what is there and what is not', () => {
  test('urls that were not removed, the first of equal times, each as it stands', () => {
    const log = [
      '5s 1 http://a b',
      '5s 0 http://a b',
      '5s 0 http://c',
      '5s 1 http://c',
      '4s 1 yt:http://d\r',
      '3s X http://e',
      '3s 1  http://f',
      '6s 1 http://g',
      '7s 0 http://g',
      'rubbish',
      '5s 2 http://h',
      '1 http://i',
      '5s 1',
    ];

    expect(parseUrlLog(log.join('\n'))).toEqual(['http://a b', 'yt:http://d', ' http://f']);
  });

  test('equivalent keys', () => {
    expect(parseEquivalentKeysLog('5s 1 SHA256E-s1--a\n6s 0 MD5-s1--b\n')).toEqual([
      'SHA256E-s1--a',
    ]);
  });
});
