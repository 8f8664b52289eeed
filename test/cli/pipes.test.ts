import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { interrupt, start } from './program.ts';

const directory = temporaryDirectory();
const own = 'abcd0000-0000-4000-8000-000000000001';

// Far more output than a pipe holds, so that the program is at work when something happens to it.
const asked = { config: 'c', key: 'SHA256E-s10--x', file: 'x', locations: [own] };
writeFileSync(join(directory, 'cases.jsonl'), `${JSON.stringify(asked)}\n`.repeat(200_000));
const annex = { id: 'c', repos: [{ uuid: own, wanted: 'copies=1 and include=*' }] };
writeFileSync(join(directory, 'configs.json'), JSON.stringify({ c: annex }));

const commands = [
  ['evaluate', '--cases', 'cases.jsonl', '--configs', 'configs.json'],
  ['evaluate', '--check', '--cases', 'cases.jsonl', '--configs', 'configs.json'],
  ['explain', '--case', 'cases.jsonl', '--configs', 'configs.json'],
];

describe.each(commands)('ballast %s', (...words) => {
  it('ends quietly when its reader goes, as under `head -1`', async () => {
    const { child, ended } = start(words, { directory });
    if (child.stdout === null) throw new Error('no output');
    await once(child.stdout, 'data');
    child.stdout.destroy();

    // As a shell reports a program that SIGPIPE has ended.
    expect(await ended).toMatchObject({ status: 141, stderr: '' });
  });

  it('is ended by Ctrl-C, without a word', async () => {
    const running = start(words, { directory });
    await running.printed(/\n/);

    const { status, stderr } = await interrupt(running);

    expect([undefined, 130]).toContain(status);
    expect(stderr).toBe('');
  });
});
