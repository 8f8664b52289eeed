import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { standardGroups } from '../../src/placement/index.ts';
import { ballast } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const own = 'abcd0000-0000-4000-8000-000000000001';

function fileOf(name: string, content: unknown): string {
  const file = join(directory, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const annex = { id: 'c', repos: [{ uuid: own, groups: ['a'], wanted: 'balanced=ghosts' }] };

describe('ballast lint', () => {
  test('shows findings with what to write instead, and fails', async () => {
    expect(await ballast(['lint', 'include=a or not balanced=x'])).toEqual({
      status: 1,
      stdout: [
        'BL101 at line 1, column 18: git-annex does not use an expression with balanced=x under "not"',
        '  include=a or not balanced=x',
        '                   ^^^^^^^^^^',
        '  instead: include=a or not fullybalanced=x',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('says nothing of what is fine', async () => {
    expect(await ballast(['lint', 'include=a'])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('prints JSON, and speaks for a dialect', async () => {
    const ended = await ballast(['lint', '--json', '--dialect', '10.20250416', 'url=x']);

    expect(ended.status).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({ code: 'BL113', span: { start: 0, end: 5 } });
  });

  test.each([
    ['not present', 'BL101'],
    ['not balanced=x', 'BL101'],
    ['include=*.a and exclude=*.a', 'BL103'],
  ])('finds %s', async (text, code) => {
    const { status, stdout } = await ballast(['lint', text]);

    expect(status).toBe(1);
    expect(stdout.match(/^BL\d+/gm)).toEqual([code]);
  });

  test('finds the archive expression with `present` negated through groupwanted', async () => {
    const archive = standardGroups.get('archive') ?? '';
    const wanted = 'not groupwanted';
    const groupwanted = { archive: `present and (${archive})` };
    const repos = [{ uuid: own, groups: ['archive'], wanted }];
    const file = fileOf('archive.json', { id: 'c', repos, groupwanted });

    const { status, stdout } = await ballast(['lint', '--config', file]);

    expect(status).toBe(1);
    expect(stdout).toContain(
      `BL101 in wanted of ${own} at line 1, column 5: in ${own} "groupwanted"`,
    );
  });

  test('tells in a sentence what cannot be read', async () => {
    const long = { id: 'c', repos: [{ uuid: own, wanted: 'include=* or '.repeat(80_000) }] };
    const answer = await ballast(['lint', '--config', fileOf('long.json', long)]);

    expect(answer.status).toBe(1);
    expect(answer.stdout).toMatch(
      /^BL120 in wanted of \S+ at line 1, column 262145: the expression has 1040000 characters/,
    );
    const there = await ballast(['lint', '--config', directory]);
    expect(there.stderr).toBe(`ballast: ${directory} is a directory; name a file.\n`);
  });

  test.each([
    ['an annex', annex, ''],
    ['a map of annexes', { c: annex }, 'c: '],
  ])('reads %s', async (name, content, before) => {
    const { status, stdout } = await ballast(['lint', '--config', fileOf(`${name}.json`, content)]);

    expect(status).toBe(1);
    expect(stdout.split('\n')[0]).toBe(
      `${before}BL106 in wanted of ${own} at line 1, column 10: nobody is in the group "ghosts"`,
    );
  });

  test('tells what is wrong with a file, and with what it is given', async () => {
    const bad = fileOf('bad.json', { id: 'c', repos: [{}] });

    expect((await ballast(['lint', '--config', bad])).stderr).toContain('repos[0].uuid is missing');
    const both = await ballast(['lint', 'copies=1', '--config', bad]);
    expect(both.stderr).toContain('give one of an expression, --repo DIR and --config FILE');
  });
});

describe('ballast lint --fix', () => {
  test('prints the expression with what can be mended mended, and ends with 0', async () => {
    expect(await ballast(['lint', '--fix', 'copies=1) and include=a'])).toEqual({
      status: 0,
      stdout: 'copies=1 and include=a\n',
      stderr: '',
    });
  });

  test('tells on standard error what is left, and ends with 1', async () => {
    const ended = await ballast(['lint', '--fix', 'not present and (unused']);

    expect(ended).toMatchObject({ status: 1, stdout: 'not present and (unused )\n' });
    expect(ended.stderr).toMatch(/^BL101 at line 1, column 5/);
  });

  test('prints an expression that cannot be read as it is', async () => {
    const ended = await ballast(['lint', '--fix', 'presentt)']);

    expect(ended).toMatchObject({ status: 1, stdout: 'presentt)\n' });
    expect(ended.stderr).toContain('did you mean present?');
  });

  test('tells as JSON what is mended and what is left', async () => {
    const { stdout } = await ballast(['lint', '--fix', '--json', 'not present)']);

    expect(JSON.parse(stdout)).toMatchObject({
      text: 'not present)',
      fixed: 'not present',
      mended: [{ code: 'BL118' }],
      left: [{ code: 'BL101' }],
    });
  });

  const odd = {
    id: 'c',
    repos: [
      { uuid: own, groups: ['-a'], wanted: "include=it's)", required: 'copies=1' },
      { uuid: own.replace('1', '2'), groups: ['-a'], wanted: 'metadata=a=\u001b)' },
    ],
    groupwanted: { '-a': '(present' },
  };

  test('prints the commands that mend an annex, as words of a shell, and what is left', async () => {
    const ended = await ballast(['lint', '--fix', '--config', fileOf('odd.json', odd)]);

    expect(ended.status).toBe(1);
    expect(ended.stdout.split('\n')).toEqual([
      `# wanted of ${own}`,
      '#   BL118: A parenthesis has no partner.',
      "# - include=it's)",
      "# + include=it's",
      `git annex wanted ${own} 'include=it'\\''s'`,
      expect.stringMatching(/^# wanted of /),
      '#   BL118: A parenthesis has no partner.',
      '# - metadata=a=\ufffd)',
      '# + metadata=a=\ufffd',
      '# It holds characters that do not show: set it by hand.',
      '# groupwanted of -a',
      '#   BL118: A parenthesis has no partner.',
      '# - (present',
      '# + (present )',
      "git annex groupwanted -- -a '(present )'",
      '',
    ]);
    expect(ended.stderr.match(/^BL\d+/gm)).toEqual(['BL112']);
  });

  test('tells the same of an annex as JSON', async () => {
    const several = fileOf('several.json', { x: odd });
    const { stdout } = await ballast(['lint', '--fix', '--json', '--config', several]);
    const lines: unknown[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    expect(lines[0]).toMatchObject({ config: 'x', place: { of: own }, fixed: "include=it's" });
    expect(lines.at(-1)).toMatchObject({ config: 'x', code: 'BL112' });
    expect(lines.length).toBe(4);
  });
});

describe('ballast explain', () => {
  const configs = fileOf('configs.json', {
    c: { ...annex, repos: [{ uuid: own, wanted: 'copies=2' }] },
  });
  const asked = { config: 'c', key: 'SHA256E-s10--x', file: 'x', locations: [own] };
  const files = ['explain', '--case', fileOf('case.json', asked), '--configs', configs];

  test('tells why, for people', async () => {
    const { status, stdout } = await ballast(files);

    expect(status).toBe(0);
    expect(stdout.split('\n')).toEqual([
      `${own} does not want x, because`,
      `  copies=2 is false: 1 of 2, ${own}`,
      `${own} would not want, if it did not have it, x, because`,
      '  copies=2 is false: 0 of 2',
      '',
    ]);
  });

  test('tells it as git-annex does, and as JSON', async () => {
    const [theirs, json] = [
      await ballast([...files, '--git-annex']),
      await ballast([...files, '--json']),
    ];
    const line = '[ x does not match preferred content: copies=2[FALSE] ]\n';

    expect(theirs.stdout).toBe(line.repeat(2));
    expect(JSON.parse(json.stdout.split('\n')[0] ?? '')).toMatchObject({
      value: false,
      rests: 'tree',
    });
  });

  test('explains required content alone', async () => {
    const { stdout } = await ballast([...files, '--required']);

    expect(stdout.split('\n')[0]).toBe(`${own} does not require x: it has no expression`);
  });

  test('refuses two forms at once', async () => {
    const ended = await ballast([...files, '--json', '--git-annex']);

    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toContain('give either --json or --git-annex');
  });

  test('tells which lines it cannot explain, by their numbers, and explains the rest', async () => {
    const good = JSON.stringify(asked);
    const bad = [
      '{',
      JSON.stringify({ ...asked, config: 'd' }),
      JSON.stringify({ ...asked, locations: ['nobody'] }),
    ];
    const file = join(directory, 'bad.jsonl');
    writeFileSync(file, [good, ...bad, good].join('\n'));

    const ended = await ballast(['explain', '--case', file, '--configs', configs]);

    expect(ended.status).toBe(2);
    expect(ended.stdout.match(/ wants? | does not want /g)).toHaveLength(2);
    expect(ended.stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${file}:2: it is not JSON`),
      `${file}:3: there is no configuration "d"`,
      `${file}:4: configuration "c" has no repository "nobody"`,
    ]);
  });

  test('tells which repository there is not', async () => {
    const ended = await ballast([...files, '--repository', 'x']);

    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain('the configuration has no repository "x"');
  });
});
