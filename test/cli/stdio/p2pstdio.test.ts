import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRepository } from '../../../src/repository/index.ts';
import { contentOf } from '../../gateway/line/talk.ts';
import { git } from '../../support/git-annex.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { ran, remote } from './ssh.ts';

const here = imaginaryUuid(1);
const elsewhere = imaginaryUuid(2);
const home = temporaryDirectory();
const directory = join(home, 'annex.git');
const plain = join(home, 'plain');

beforeAll(async () => {
  await createRepository(directory, { uuid: here, branch: [] });
  git(home, 'init', '--quiet', plain);
});

const serve = (...more: readonly string[]): string[] => ['p2pstdio', directory, 'client', ...more];

describe('ballast p2pstdio', () => {
  it('greets, answers all that was sent at once, and ends with the connection', async () => {
    const ended = await ran(serve('--uuid', here), {
      input: `VERSION 4\nCHECKPRESENT ${contentOf('x').key}\nFROBNICATE\n`,
    });

    expect(ended).toEqual({
      status: 0,
      stdout: `AUTH-SUCCESS ${here}\nVERSION 4\nFAILURE\nERROR unknown command\n`,
      stderr: '',
    });
  });

  it('costs each ssh client few programs, and no library that it has no use for', async () => {
    const trace = join(home, 'trace');
    const libraries = join(home, 'libraries.mjs');
    writeFileSync(
      libraries,
      `import { registerHooks } from 'node:module';
       const load = (url, context, next) => {
         const unused = /node_modules\\/(undici|prom-client|pino|commander)\\//.exec(url);
         if (unused !== null) process.stderr.write(unused[1]);
         return next(url, context);
       };
       registerHooks({ load });`,
    );

    const env = { GIT_TRACE: trace, NODE_OPTIONS: `--import=${libraries}` };
    const ended = await ran(serve(), { env });

    expect(ended).toEqual({ status: 0, stdout: `AUTH-SUCCESS ${here}\n`, stderr: '' });
    const commands = readFileSync(trace, 'utf8').match(/(?<=built-in: git )[\w-]+/g);
    const each = ['cat-file', 'config', 'for-each-ref', 'rev-parse', 'version'];
    expect(commands?.toSorted()).toEqual(each);
  });

  it.each([
    ['a UUID behind an equals sign', serve(`--uuid=${here}`)],
    ['no UUID', serve()],
    [
      'options before the client, and fields',
      ['p2pstdio', directory, '--debug', 'client', '--', 'a=b', '--'],
    ],
    ['a path below home', ['p2pstdio', '/~/annex.git', 'client']],
    ['a relative path, which is below home', ['p2pstdio', 'annex.git', 'client']],
    ['a path to which .git is to be added', ['p2pstdio', join(home, 'annex'), 'client']],
  ])('takes %s', async (_name, words) => {
    const ended = await ran(words, { env: { HOME: home } });

    expect(ended).toEqual({ status: 0, stdout: `AUTH-SUCCESS ${here}\n`, stderr: '' });
  });

  it.each([
    ['without a client', ['p2pstdio', directory], /missing UUID parameter/],
    ['without a directory', ['p2pstdio'], /bad parameters/],
    [
      'for another repository',
      serve('--uuid', elsewhere),
      new RegExp(`expected repository UUID ${elsewhere} but found UUID ${here}`),
    ],
    [
      'for what is no annex',
      ['p2pstdio', plain, 'client', '--uuid', here],
      /expected repository UUID .* but found .*git annex init/,
    ],
    ['for what is not there', ['p2pstdio', '/nowhere', 'client'], /no git repository in \/nowhere/],
    ['with an unknown option', serve('--frobnicate'), /unknown option --frobnicate/],
  ])('refuses to start %s', async (_name, words, why) => {
    const ended = await ran(words);

    expect(ended.status).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/^ballast: .*\n$/);
    expect(ended.stderr).toMatch(why);
  });

  const X = contentOf('5969e0aaa4b3dd499e63');

  it('ends with 1 when the connection is lost within a content, and keeps what came', async () => {
    const ended = await ran(serve(), { input: `VERSION 4\nPUT  ${X.key}\nDATA 20\n5969e0aa` });
    const next = await ran(serve(), { input: `PUT  ${X.key}\nERROR enough\n` });

    expect(ended.stdout).toBe(`AUTH-SUCCESS ${here}\nVERSION 4\nPUT-FROM 0\nFAILURE\n`);
    expect(ended.status).toBe(1);
    expect(next.stdout).toBe(`AUTH-SUCCESS ${here}\nPUT-FROM 8\n`);
  });

  it('ends with 1 at a line without an end', async () => {
    const ended = await ran(serve(), { input: 'x'.repeat(32_768) });

    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/protocol error/);
  });

  it('ends at SIGHUP, with the lock kept for its ten minutes', async () => {
    const Y = contentOf('a content to be kept');
    const stored = await ran(serve(), { input: `PUT  ${Y.key}\nDATA 20\n${Y.text}` });
    const holder = remote(serve());
    holder.say(`LOCKCONTENT ${Y.key}\n`);
    expect(await holder.output.line()).toBe(`AUTH-SUCCESS ${here}`);
    expect(await holder.output.line()).toBe('SUCCESS');

    holder.child.kill('SIGHUP');
    const { status, stderr } = await holder.ended();
    const next = await ran(serve(), { input: `REMOVE ${Y.key}\nCHECKPRESENT ${Y.key}\n` });

    expect(stored.stdout).toMatch(/SUCCESS\n$/);
    expect(status).toBe(1);
    expect(stderr).toBe('ballast: the session was told to end\n');
    expect(next.stdout).toBe(`AUTH-SUCCESS ${here}\nFAILURE\nSUCCESS\n`);
  });

  it('ends when its reader is gone, in the middle of a content', async () => {
    const big = contentOf('x'.repeat(4_000_000));
    const put = `PUT  ${big.key}\nDATA ${big.text.length}\n${big.text}`;
    expect((await ran(serve(), { input: put })).stdout).toMatch(/SUCCESS\n$/);
    const command = remote(serve());
    command.say(`VERSION 4\nGET 0  ${big.key}\n`);
    await command.output.line();

    command.child.stdout?.destroy();

    const { status, stderr } = await command.ended();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^ballast: .*\n$/);
  });

  it('reads on while nobody reads its answers', async () => {
    const command = remote(serve());
    const questions = 8000; // far more than fit into the pipes
    command.say(`CHECKPRESENT ${X.key}\n`.repeat(questions));
    command.hangUp();

    let lines = 0;
    while ((await command.output.line()) !== undefined) lines += 1;

    expect(lines).toBe(questions + 1);
    expect((await command.ended()).status).toBe(0);
  });

  it.each([
    [
      'GIT_ANNEX_SHELL_READONLY',
      '0',
      'read-only; write access denied',
      'read-only; write access denied',
    ],
    ['GIT_ANNEX_SHELL_APPENDONLY', '1', undefined, 'append-only; removal denied'],
  ])('obeys %s', async (name, value, put, removal) => {
    const ended = await ran(serve(), {
      env: { [name]: value },
      input: `REMOVE ${X.key}\nPUT  ${contentOf('new').key}\n`,
    });

    const lines = ended.stdout.split('\n');
    expect(lines[1]).toBe(`ERROR this repository is ${removal}`);
    expect(lines[2]).toBe(put === undefined ? 'PUT-FROM 0' : `ERROR this repository is ${put}`);
  });

  it('lets nobody into another directory than GIT_ANNEX_SHELL_DIRECTORY', async () => {
    const only = { GIT_ANNEX_SHELL_DIRECTORY: `${directory}/` };

    expect((await ran(serve(), { env: only })).status).toBe(0);
    const refused = await ran(['p2pstdio', `${directory}/../plain`, 'client'], { env: only });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/Only allowed to access .* not /);
  });
});
