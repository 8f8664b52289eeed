import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
    expect((await ballast(['lint'])).stderr).toContain('give either an expression or --config');
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

  test('tells which repository there is not', async () => {
    const ended = await ballast([...files, '--repository', 'x']);

    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('the configuration has no repository "x"');
  });
});
