import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git } from '../support/git-annex.ts';
import { importedAnnex } from '../support/imported-annex.ts';
import { run, start } from './program.ts';

const repositories = { here: {}, node1: { wanted: 'include=*.mp3' } };
const contents = [{ key: 'SHA256E-s10--s', files: ['s.mp3'], at: ['here'] }];

describe('ballast plan', () => {
  test('is of the annex around, and ends with 0', async () => {
    const { directory } = importedAnnex({ repositories, contents });

    expect(await run(['plan'], { directory })).toEqual({
      status: 0,
      stdout:
        'get s.mp3 to node1 from here\n' +
        'node1 gets 1 content, 10 bytes from here\n' +
        '1 content: 1 move\n',
      stderr: 'ballast: here has no expression, and is left as it is\n',
    });
  });

  test('takes its options, those that may be given again in their order', async () => {
    const { directory } = importedAnnex({ repositories, contents });
    const edits = ['--what-if', 'wanted node1 nothing', '--what-if', 'wanted here nothing'];
    const more = ['--rebalance', '--dialect', '10.20250416', '--why', '--json'];

    const { status, stdout } = await run(
      ['plan', directory, '--repository', 'here', '--repository', 'node1', ...edits, ...more],
      { directory: '/' },
    );

    expect(status).toBe(0);
    expect(stdout).toMatch(/^\{"move":"keep",.*"name":"here"/);
    const summary = await run(['plan', '--summary', '--each'], { directory });
    expect(summary.stdout).toBe('node1 gets 1 content, 10 bytes from here\n1 content: 1 move\n');
  });

  test.each([
    [['--cluster', 'x'], 'ballast: there is no cluster named x: there is none.\n'],
    [['--what-if', 'add x'], /^ballast: --what-if: BS\d+ at line 1/],
    [
      ['--what-if-file', '/nowhere/at/all'],
      'ballast: /nowhere/at/all does not exist; name a file that does.\n',
    ],
    [['/nowhere/at/all'], /^ballast: \/nowhere\/at\/all does not exist/],
  ])('%j is a mistake that it explains', async (words, message) => {
    const { directory } = importedAnnex({ repositories, contents });

    const { status, stdout, stderr } = await run(['plan', ...words], { directory });

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('ends quietly when its reader goes, as under `head -1`', async () => {
    const many = Array.from({ length: 4000 }, (_, number) => ({
      key: `SHA256E-s10--${number}`,
      files: [`${'long'.repeat(20)}-${number}.mp3`],
      at: ['here'],
    }));
    const { directory } = importedAnnex({ repositories, contents: many });

    const { child, ended } = start(['plan', '--json'], { directory });
    if (child.stdout === null) throw new Error('no output');
    await once(child.stdout, 'data');
    child.stdout.destroy();

    expect(await ended).toMatchObject({ status: 141, stderr: '' });
  });

  test('tells of logs that cannot be read, and writes nothing', async () => {
    const { directory } = importedAnnex({
      repositories,
      contents: [...contents, { key: 'SHA256E-s9--t', files: ['t.mp3'], at: ['here', 'node1'] }],
    });
    const list = git(directory, 'ls-tree', '-r', 'git-annex').split('\n');
    const [, object = ''] = /blob (\S+)\t.*SHA256E-s9--t\.log$/m.exec(list.join('\n')) ?? [];
    rmSync(join(directory, '.git', 'objects', object.slice(0, 2), object.slice(2)));
    const before = git(directory, 'for-each-ref');

    const { status, stdout, stderr } = await run(['plan'], { directory });

    expect(status).toBe(0);
    expect(stdout).toContain('get s.mp3 to node1 from here\n');
    expect(stdout).not.toContain('drop');
    expect(stderr).toContain('1 logs cannot be read, and are passed over');
    expect(git(directory, 'for-each-ref')).toBe(before);
  });
});
