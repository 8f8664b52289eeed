import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGolden } from '../golden/read-golden.ts';
import { ballast } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** A file of the test's, by its name. */
function fileOf(name: string, content: string | Uint8Array): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

/** A golden file, unpacked. */
function golden(name: string): string {
  return fileOf(`golden-${name.replace('/', '-').replace('.gz', '')}`, readGolden(name));
}

const old = ['--dialect', '10.20250416'];
const reference = 'abcd0000-0000-4000-8000-000000000001';
const configs = fileOf(
  'configs.json',
  JSON.stringify({
    c: { id: 'c', repos: [{ uuid: reference, groups: ['a'], wanted: 'include=*.flac or url=*' }] },
    long: { id: 'long', repos: [{ uuid: reference, wanted: 'include=* or '.repeat(80_000) }] },
    deep: {
      id: 'deep',
      repos: [{ uuid: reference, groups: ['a'], wanted: 'groupwanted' }],
      groupwanted: { a: `${'not '.repeat(600)}present` },
    },
  }),
);
const asked = {
  config: 'c',
  key: 'SHA256E-s10--x.flac',
  size: '10',
  file: 'x.flac',
  locations: [],
};

describe('ballast evaluate --check agrees with git-annex on', () => {
  test.each([
    ['5392', ['--cases', 'expressions.jsonl.gz', '--configs', 'configs.json.gz', ...old]],
    ['2163', ['--cases', 'newest/expressions.jsonl.gz', '--configs', 'newest/configs.json.gz']],
    ['240', ['--expressions', 'parse-errors.jsonl', ...old]],
    ['240', ['--expressions', 'newest/parse-errors.jsonl']],
    ['260', ['--sizes', 'sizes.jsonl', ...old]],
    ['80', ['--sizes', 'newest/sizes.jsonl']],
    ['660', ['--picks', 'balanced-picks.jsonl.gz', ...old]],
    ['300', ['--picks', 'newest/lacking-picks.jsonl.gz']],
  ])('%s lines: %s', async (count, words) => {
    const files = words.map((word) => (word.includes('.json') ? golden(word) : word));

    const ended = await ballast(['evaluate', '--check', ...files]);

    expect(ended).toEqual({ status: 0, stdout: `${count} passed, 0 failed\n`, stderr: '' });
  });
});

describe('ballast evaluate', () => {
  test('answers a case for every described repository, from standard input', async () => {
    const input = `${JSON.stringify(asked)}\n${JSON.stringify({ ...asked, file: null, urls: ['u'] })}`;

    const ended = await ballast(['evaluate', '--cases', '-', '--configs', configs], { input });

    expect(ended.status).toBe(0);
    expect(
      ended.stdout
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      {
        config: 'c',
        key: asked.key,
        file: 'x.flac',
        wantget: { [reference]: true },
        wantdrop: { [reference]: false },
      },
      { config: 'c', key: asked.key, file: null, wantget: { [reference]: true } },
    ]);
  });

  test('prints the lines that differ, and fails', async () => {
    const lines = [true, false].map((answer) =>
      JSON.stringify({ ...asked, wantget: { [reference]: answer } }),
    );
    const file = fileOf('differ.jsonl', `${lines.join('\n')}\n`);

    const ended = await ballast(['evaluate', '--cases', file, '--configs', configs, '--check']);

    expect(ended).toEqual({
      status: 1,
      stdout: `${file}:2: wantget of ${reference} is true, recorded false\n1 passed, 1 failed\n`,
      stderr: '',
    });
  });

  test.each([
    ['no JSON', '{"config":', 'it is not JSON'],
    ['a field that is missing', '{"config":"c"}', 'file is missing'],
    [
      'a field of another type',
      JSON.stringify({ ...asked, locations: 'x' }),
      'locations is "x", where a list was expected',
    ],
    [
      'a key that is none',
      JSON.stringify({ ...asked, key: 'x' }),
      'key is "x", where a key was expected',
    ],
    ['an unknown configuration', JSON.stringify({ ...asked, config: 'd' }), 'no configuration "d"'],
    [
      'an unknown location',
      JSON.stringify({ ...asked, locations: ['nobody'] }),
      'configuration "c" has no repository "nobody"',
    ],
    [
      'an unknown repository that is asked about',
      JSON.stringify({ ...asked, wantget: { stranger: true } }),
      'configuration "c" has no repository "stranger"',
    ],
    [
      'names that a terminal would obey',
      JSON.stringify({ ...asked, wantget: { '\u009b2J': 'x' } }),
      'wantget.\ufffd2J is "x", where true or false was expected',
    ],
    [
      'an expression that is refused here, and not by git-annex',
      JSON.stringify({ ...asked, config: 'long' }),
      `configuration "long": wanted of ${reference}: BX101 at line 1, column 262145`,
    ],
    [
      'a group expression that is nested too deep',
      JSON.stringify({ ...asked, config: 'deep' }),
      'configuration "deep": groupwanted of a: BX102 at line 1, column 2001',
    ],
    ['arrays without end', '['.repeat(1_000_000), 'it is not JSON'],
    ['a line that is too long', 'x'.repeat(5_000_000), 'the line has 5000000 bytes'],
    ['bytes that are not UTF-8', Buffer.from('{"config":"\xff"}', 'latin1'), 'byte 12 of the line'],
  ])('reports a line with %s by its number, and answers the rest', async (_, bad, message) => {
    const good = Buffer.from(`${JSON.stringify(asked)}\n`);
    const file = fileOf(
      'bad.jsonl',
      Buffer.concat([good, Buffer.from(bad), Buffer.from('\n'), good]),
    );

    const ended = await ballast(['evaluate', '--cases', file, '--configs', configs]);

    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(`${file}:2: `);
    expect(ended.stderr).toContain(message);
    expect(ended.stdout.match(/"wantget"/g)?.length).toBe(2);
    expect(ended.stdout).toContain('{"line":2,"problem":');
  });

  test('refuses hostile expressions by name', async () => {
    const texts = [
      'include=* or '.repeat(80_000),
      '('.repeat(100_000),
      `${'not '.repeat(100_000)}present`,
      `include=${'*a'.repeat(500_000)}`,
      Array.from({ length: 200_000 }, (_, index) => `copies=${index}`).join(' or '),
      '('.repeat(9_000),
      `${'not '.repeat(4_000)}present`,
      `largerthan=${'9'.repeat(16_000)}`,
      '\u0001',
    ];
    const input = texts.map((expr) => JSON.stringify({ expr })).join('\n');

    const { status, stdout } = await ballast(['evaluate', '--expressions', '-'], { input });

    expect(status).toBe(0);
    expect(stdout.match(/"code":"BX\d+"/g)).toEqual(
      ['BX101', 'BX102', 'BX101', 'BX101', 'BX101', 'BX102', 'BX102', 'BX103'].map(
        (code) => `"code":"${code}"`,
      ),
    );
  });

  test('reads a file larger than its memory', async () => {
    const line = `${JSON.stringify({ size: '1 GB', bytes: '1000000000', filler: 'x'.repeat(200) })}\n`;
    const input = line.repeat(400_000);

    const { status, stdout } = await ballast(['evaluate', '--sizes', '-', '--check'], {
      input,
      node: ['--max-old-space-size=40'],
    });

    expect(stdout).toBe('400000 passed, 0 failed\n');
    expect(status).toBe(0);
  });

  test.each([
    [[], 'give one of --repo, --cases'],
    [['--sizes', 'a', '--picks', 'b'], 'give one of --repo, --cases'],
    [['--cases', 'a'], 'add --configs FILE'],
    [['--sizes', '/nowhere/at/all'], '/nowhere/at/all does not exist; name a file'],
    [['--sizes', directory], `${directory} is a directory; name a file`],
    [['--cases', 'a', '--configs', fileOf('odd.json', Buffer.from('{"\xff"', 'latin1'))], 'byte 3'],
  ])('%j is a mistake that it explains', async (words, message) => {
    const { status, stderr } = await ballast(['evaluate', ...words]);

    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
