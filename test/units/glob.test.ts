import { describe, expect, test } from 'vitest';
import { compileGlob, type GlobFlavour } from '../../src/units/index.ts';

/** A glob, names that it matches, and names that it does not: all answers are git-annex's. */
type Example = readonly [glob: string, matched: readonly string[], others: readonly string[]];

const paths: readonly Example[] = [
  ['*.mp3', ['a/b.mp3', '.mp3'], ['a.mp', 'a\nb.mp3x']],
  ['a?b', ['a/b', 'aéb', 'a😀b'], ['ab', 'a\nb']],
  ['d//*', ['d//a'], ['d/a']],
  ['a/b', ['a/b', 'a//b'], ['a\\b']],
  ['a\\b', ['a\\b', 'a\\\\\\b'], ['a/b']],
  ["it's", [], ["it's"]],
  ["a'", ['a'], ["a'"]],
  ['`a', ['a'], ['`a']],
  ['<a>', ['a'], ['<a>', 'é']],
  ['a>é', ['aé'], []],
  ['a<é', [], ['aé']],
  ['a{1}', ['a{1}'], ['a']],
  ['a+b', ['a+b'], ['aab']],
  ['a|b', ['a|b'], ['a']],
  ['a', ['a', 'a\nb', 'b\na'], ['b', 'ab']],
  ['', ['', '\n'], ['a']],
  ['A*', ['A1'], ['a1']],
  ['a*b*c', ['abc', 'a1b2c', 'abbcc'], ['acb', 'ab']],
  ['ab*ba', ['abba'], ['aba']],
];

const brackets: readonly Example[] = [
  ['[abc]', ['a', 'c'], ['d', '']],
  ['[!a]', ['b', '/'], ['a', '\n']],
  ['[^!]', ['a'], ['!']],
  ['[[:digit:]]', ['5', '\\'], ['a', ']']],
  ['[[:graph:]]', [')', '~', '\\'], ['(', '!']],
  ['[[:foo:]]', ['\\'], ['f']],
  ['[]a]', [']', 'a', '\\'], ['b']],
  ['[!]a]', ['b'], [']', '\\']],
  ['[a-b-c]', ['a', 'b', '-', 'c'], ['d']],
  ['[a-c-e]', ['-', 'e'], ['d']],
  ['[--a]', ['-', 'A'], ['b']],
  ['[[=ab=]]', ['a', 'b'], []],
  ['[[.a.]]', ['\\'], ['a']],
  ['[]-a]', ['^', '`'], ['-']],
  ['[]/]', ['/]', ']]', '[]', '//]'], ['/', ']', '\\]']],
  ['[]\\]', ['\\]', '[]', '\\\\]'], ['\\', '/]']],
  ['[][a]', [']', '[', 'a'], ['\\']],
  ['[]*]', ['*', '.', '\\'], ['x']],
];

const metadata: readonly Example[] = [
  ['[a-c]', ['B'], ['D']],
  ['[^a]', ['b'], ['a', 'A']],
  ['[[:upper:]]', ['a'], ['1']],
  ['[é]', ['É'], []],
  ['É', ['é'], []],
  ['ẞ', ['ß'], []],
  ['ß', ['ß'], ['ẞ', 'SS']],
  ['ᾳ', ['ᾼ'], []],
  ['ǅ', ['Ǆ', 'ǆ'], ['ǅ']],
  ['[ǅ]', ['Ǆ', 'ǆ'], ['ǅ']],
  ['[ǃ-ǅ]', ['ǃ', 'Ǆ', 'ǆ'], ['ǅ']],
  ['[ǅ-ǆ]', ['Ǆ', 'ǆ'], ['ǅ']],
  ['[!ǅ]', ['ǅ', 'ǃ'], ['Ǆ', 'ǆ']],
  ['[ǄǲǇ]', ['Ǆ', 'ǆ', 'Ǳ', 'ǳ'], ['ǅ', 'ǲ']],
  ['ᾈ', ['ᾀ', 'ᾈ'], []],
  ['İ', ['i'], []],
  ['i', ['I'], ['İ']],
  ['K', ['k'], []],
  ['ς', ['ς', 'Σ'], ['σ']],
  ['ⓐ', ['ⓐ'], ['Ⓐ']],
  ['a/b', ['A/B'], ['a//b']],
  ['[]/]', ['/', ']', '\\'], ['/]']],
  ['[k]', ['K', 'k'], []],
];

const groups: readonly (readonly [GlobFlavour, readonly Example[]])[] = [
  ['path', paths],
  ['path', brackets],
  ['metadata', metadata],
];

describe.each(groups)('of flavour %s', (flavour, examples) => {
  test.each(examples)('%j', (text, matched, others) => {
    const glob = compileGlob(text, flavour);

    expect(matched.filter((name) => !glob.matches(name))).toEqual([]);
    expect(others.filter((name) => glob.matches(name))).toEqual([]);
  });
});

test.each(['[a', '[]', '[!]', '[[:alpha:]', '[z-a]', '[a-Z]', '[a--]', '[a-[:digit:]]'])(
  '%j cannot be compiled and matches nothing',
  (text) => {
    const glob = compileGlob(text, 'path');

    expect(glob.isCompilable).toBe(false);
    expect(glob.matches(text)).toBe(false);
  },
);

test('matches an undecodable byte with the same byte, and not with half of another character', () => {
  expect(compileGlob('*\udc80', 'path').matches('a\udc80')).toBe(true);
  expect(compileGlob('*\udc80*', 'path').matches('\u{10080}')).toBe(false);
});

test('no name makes it hang', () => {
  const hostile = compileGlob(`${'*a'.repeat(200)}[b]`, 'path');
  const started = performance.now();

  expect(hostile.matches('a'.repeat(4000))).toBe(false);

  expect(performance.now() - started).toBeLessThan(5000);
});
