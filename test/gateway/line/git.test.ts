import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { git, gitEnvironment } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { commitWith, emptied, linesOf } from '../pushes/pushers.ts';
import { newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';
import { talk, type Talk } from './talk.ts';

const run = promisify(execFile);
let demo: ServedDemo;

beforeAll(async () => {
  demo = await serveDemo(await newDemo());
});

afterAll(() => demo.close());

async function greeted(): Promise<Talk> {
  const session = talk(demo.gateway);
  await session.line();
  return session;
}

/** What git says, up to the end of the service. */
async function heard(session: Talk): Promise<{ text: string; last: string | undefined }> {
  let text = '';
  for (;;) {
    const line = await session.line();
    const length = /^DATA (\d+)$/.exec(line ?? '')?.[1];
    if (length === undefined) return { text, last: line };
    text += await session.bytes(Number(length));
  }
}

it("connects to git's upload-pack, and ends with its exit status", async () => {
  const session = await greeted();
  const head = git(repositoryOf(demo.directory, 'gateway'), 'rev-parse', 'main').trim();

  session.say('CONNECT git-upload-pack\nDATA 4\n0000');
  const { text, last } = await heard(session);

  expect(text).toContain(`${head} refs/heads/main`);
  expect(last).toBe('CONNECTDONE 0');
  expect(await session.end).toEqual({ kind: 'ended' });
});

it('takes a push through receive-pack, a pack with all its bytes', async () => {
  const repository = repositoryOf(demo.directory, 'gateway');
  const clone = join(temporaryDirectory(), 'clone');
  await run('git', ['clone', '--quiet', repository, clone], { env: gitEnvironment });
  git(clone, 'commit', '--quiet', '--allow-empty', '-m', 'to push');
  const commit = git(clone, 'rev-parse', 'HEAD').trim();
  const pack = await packOf(clone, commit);
  const session = await greeted();

  session.say('CONNECT git-receive-pack\n');
  const command = `${'0'.repeat(40)} ${commit} refs/heads/pushed\0 report-status`;
  const line = `${(command.length + 4).toString(16).padStart(4, '0')}${command}0000`;
  session.say(`DATA ${line.length}\n${line}`);
  session.say(`DATA ${pack.length}\n`);
  session.say(pack);
  const { text, last } = await heard(session);

  expect(text).toContain('unpack ok');
  expect(last).toBe('CONNECTDONE 0');
  expect(git(repository, 'rev-parse', 'pushed').trim()).toBe(commit);
});

it('merges what is pushed to git-annex line by line, and says so within the report', async () => {
  const repository = repositoryOf(demo.directory, 'gateway');
  const before = linesOf(repository);
  const clone = join(temporaryDirectory(), 'clone');
  await run('git', ['clone', '--quiet', repository, clone], { env: gitEnvironment });
  const [tip, wiped] = [
    git(clone, 'rev-parse', 'origin/git-annex').trim(),
    emptied(clone, ['origin/git-annex']),
  ];
  const news = commitWith(clone, [wiped], { 'uuid.log': 'laptop my laptop timestamp=5s\n' });
  const session = await greeted();

  session.say('CONNECT git-receive-pack\n');
  const zero = '0'.repeat(40);
  const commands = [
    `${tip} ${news} refs/heads/git-annex\0 report-status side-band-64k`,
    `${zero} ${wiped} refs/heads/synced/git-annex`,
    `${tip} ${zero} refs/heads/git-annex`,
  ];
  const lines = commands.map((one) => `${(one.length + 4).toString(16).padStart(4, '0')}${one}`);
  const pack = await packOf(clone, news, tip);
  session.say(`DATA ${lines.join('').length + 4}\n${lines.join('')}0000`);
  session.say(`DATA ${pack.length}\n`);
  session.say(pack);
  const { text, last } = await heard(session);

  expect(text).toContain('ok refs/heads/git-annex\n');
  expect(text).toContain('ok refs/heads/synced/git-annex\n');
  expect(text).toContain('ng refs/heads/git-annex the git-annex branch belongs to everybody');
  expect(text).not.toContain('refs/ballast');
  expect(text.endsWith('0000')).toBe(true);
  expect(last).toBe('CONNECTDONE 0');
  const now = linesOf(repository);
  expect([...before].filter((line) => !now.has(line))).toEqual([]);
  expect(now).toContain('uuid.log: laptop my laptop timestamp=5s');
});

it.each(['readOnly', 'appendOnly'] as const)('takes no push when it is %s', async (access) => {
  const session = talk(demo.gateway, { access });
  await session.line();

  session.say('CONNECT git-receive-pack\n');

  expect(await session.line()).toBe('ERROR this repository is read-only; write access denied');
});

async function packOf(clone: string, commit: string, from = `${commit}~1`): Promise<Buffer> {
  const child = run('git', ['pack-objects', '--revs', '--stdout', '-q'], {
    cwd: clone,
    env: gitEnvironment,
    encoding: 'buffer',
  });
  child.child.stdin?.end(`${commit}\n^${from}\n`);
  return (await child).stdout;
}

it('ends git with the session', async () => {
  const session = await greeted();
  session.say('CONNECT git-upload-pack\n');

  session.hangUp();

  expect((await heard(session)).last).toMatch(/^CONNECTDONE \d+$/);
  expect(await session.end).toEqual({ kind: 'ended' });
});

it('takes nothing but data while git is connected', async () => {
  const session = await greeted();

  session.say('CONNECT git-upload-pack\nGETTIMESTAMP\n');

  expect((await heard(session)).last).toBe('ERROR expected DATA or CONNECTDONE');
  expect(await session.end).toEqual({ kind: 'ended' });
});

it('connects to no git but its own', async () => {
  const session = talk(demo.gateway, { server: demo.uuids.node1 });
  await session.line();

  session.say('CONNECT git-upload-pack\n');

  expect(await session.line()).toMatch(
    /^ERROR git is served for the repository of the gateway only/,
  );
});

it('tells of refs that changed, by the commits that they point to', async () => {
  const repository = repositoryOf(demo.directory, 'gateway');
  const session = await greeted();
  session.say('NOTIFYCHANGE\n');
  const tree = git(repository, 'rev-parse', 'main^{tree}').trim();
  const commits = ['one', 'two'].map((message) =>
    git(repository, 'commit-tree', tree, '-m', message).trim(),
  );
  const told = { line: '' };
  const answer = session.line().then((line = 'nothing') => {
    told.line = line;
  });
  // The watch begins some time after the message is sent: a ref moves until that is noticed.
  for (let turn = 0; told.line === ''; turn += 1) {
    await run('git', ['update-ref', 'refs/heads/moving', commits[turn % 2] ?? ''], {
      cwd: repository,
    });
  }
  await answer;

  expect(told.line).toMatch(new RegExp(`^CHANGED (${commits.join('|')})$`));
  expect(existsSync(join(repository, 'refs', 'heads', 'moving'))).toBe(true);
  session.say('NOTIFYCHANGE\n');
  session.say('X\n');
  session.hangUp();
  expect(await session.end).toEqual({ kind: 'ended' });
});
