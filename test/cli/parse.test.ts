import { describe, expect, test } from 'vitest';
import { ballast } from '../support/program.ts';

describe('ballast parse', () => {
  test('shows the tree, operators above what they join', async () => {
    const ended = await ballast(['parse', 'include=*.flac or not (present and unused) or present']);

    expect(ended).toEqual({
      status: 0,
      stdout: [
        'or',
        '  include=*.flac  [1-14]',
        '  not',
        '    and',
        '      present  [24-30]',
        '      unused  [36-41]',
        '  present  [47-53]',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('shows the tree as JSON, whole numbers as strings', async () => {
    const { status, stdout } = await ballast(['parse', '--json', 'not copies=a+b=2']);

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      dialect: '10.20261026',
      text: 'not copies=a+b=2',
      changed: [],
      tree: {
        kind: 'not',
        operand: {
          kind: 'term',
          name: 'copies',
          argument: {
            of: { kind: 'limit', limit: { included: ['a', 'b'], excluded: [] } },
            number: '2',
          },
          text: 'copies=a+b=2',
          span: { start: 4, end: 16 },
        },
      },
    });
  });

  test('tells what is wrong, with a caret, and fails', async () => {
    const ended = await ballast(['parse', 'include=*.flac and lackingcopies=two']);

    expect(ended).toEqual({
      status: 1,
      stdout: '',
      stderr: [
        'BX105 at line 1, column 34: "lackingcopies" wants a whole number, got "two"',
        '  include=*.flac and lackingcopies=two',
        '                                   ^^^',
        '  expected: a whole number, such as 2',
        '',
      ].join('\n'),
    });
  });

  test('tells what is wrong as JSON', async () => {
    const { status, stdout } = await ballast(['parse', '--json', 'present AND unused']);

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [{ code: 'BX103', line: 1, column: 9, span: { start: 8, end: 11 } }],
      gitAnnexError: 'Parse error: Parse failure: near "AND"',
    });
  });

  test('tells which git-annex knows what the dialect lacks', async () => {
    const words = ['parse', '--dialect', '10.20250416', 'copies=backup+archive-offsite=3'];
    const { status, stderr } = await ballast(words);

    expect(status).toBe(1);
    expect(stderr).toContain('needs git-annex 10.20260901 or newer in every repository');
  });

  test('warns of what another git-annex reads another way', async () => {
    const ended = await ballast(['parse', 'copies=3=1']);

    expect(ended).toEqual({
      status: 0,
      stdout: 'copies=3=1  [1-10]\n',
      stderr: 'note: copies=3=1 means something else to git-annex 10.20250416\n',
    });
  });

  test('prints a shorter expression with the same meaning', async () => {
    const text = 'include=a and (include=a or copies=2) and not not copies=1';
    const [short, json, empty] = [
      await ballast(['parse', '--simplify', text]),
      await ballast(['parse', '--simplify', '--json', text]),
      await ballast(['parse', '--simplify', ' ']),
    ];

    expect(short).toEqual({ status: 0, stdout: 'include=a and copies=1\n', stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ text, simplified: 'include=a and copies=1' });
    expect(empty.stdout).toBe('(empty: counts as not configured)\n');
  });

  test('refuses a dialect that is no version', async () => {
    const { status, stderr } = await ballast(['parse', '--dialect', 'newish', 'present']);

    expect(status).toBe(2);
    expect(stderr).toContain('It is a version of git-annex, such as 10.20250416');
  });

  test('shows a tree of thousands of operands', async () => {
    const text = 'present or unused and '.repeat(700);
    const [outline, json] = [
      await ballast(['parse', text]),
      await ballast(['parse', '--json', text]),
    ];

    expect(outline.status).toBe(0);
    expect(json.status).toBe(0);
    expect(json.stdout.match(/"present"/g)?.length).toBe(1400);
  });
});
