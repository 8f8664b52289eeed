import { describe, expect, it } from 'vitest';
import { shellWords } from '../../../src/cli/stdio/shell-words.ts';

describe('words of a command from a client', () => {
  it.each([
    [
      "git-annex-shell 'p2pstdio' '/path/to/repo' 'UUID' --uuid U",
      ['git-annex-shell', 'p2pstdio', '/path/to/repo', 'UUID', '--uuid', 'U'],
    ],
    [String.raw`git-upload-pack '/it'\''s here'`, ['git-upload-pack', "/it's here"]],
    [`git-upload-pack '/it'"'"'s here'`, ['git-upload-pack', "/it's here"]],
    [`git-upload-pack '/a'\\!'b'`, ['git-upload-pack', '/a!b']],
    ["git-upload-pack '~/repo'", ['git-upload-pack', '~/repo']],
    ["git-upload-pack '/$(touch x);`y`'", ['git-upload-pack', '/$(touch x);`y`']],
    ["configlist ''", ['configlist', '']],
    ['  a \t b  ', ['a', 'b']],
    ['git-upload-pack /grün', ['git-upload-pack', '/grün']],
    ['', []],
  ])('%s', (command, words) => {
    expect(shellWords(command)).toEqual(words);
  });

  it.each([
    'a; b',
    'a | b',
    'a & b',
    'a && b',
    'a > b',
    'a < b',
    'a `b`',
    'a $(b)',
    'a $HOME',
    'a "$HOME"',
    'a "`b`"',
    'a {b,c}',
    'a *',
    'a ?',
    'a [b]',
    '(a)',
    'a #b',
    'a !b',
    "a 'b",
    'a "b',
    'a \\',
    'a\nb',
    'a\0b',
    `a ${'x'.repeat(20_000)}`,
  ])('none in %j', (command) => {
    expect(shellWords(command)).toBeUndefined();
  });
});
