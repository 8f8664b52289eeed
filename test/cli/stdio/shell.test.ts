import { execFile } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRepository, machineClock, writeFirstCommit } from '../../../src/repository/index.ts';
import { commitWith, emptied, linesOf } from '../../gateway/pushes/pushers.ts';
import { git, gitEnvironment, hasGitAnnex } from '../../support/git-annex.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { program, ran } from './ssh.ts';

const uuid = imaginaryUuid(1);
const home = temporaryDirectory();
const directory = join(home, "an annex's.git");
const plain = join(home, 'plain');

beforeAll(async () => {
  const described = { path: 'uuid.log', text: `${uuid} an annex timestamp=1s\n` };
  await createRepository(directory, { uuid, branch: [described] });
  await writeFirstCommit(directory, {
    clock: machineClock,
    ref: 'refs/heads/main',
    message: 'Welcome',
    files: [{ path: 'README.md', text: 'hello' }],
  });
  git(home, 'init', '--quiet', plain);
});

const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;

describe('ballast shell', () => {
  const command = `git-annex-shell 'p2pstdio' ${quoted(directory)} 'client' --uuid ${uuid}`;
  const greeting = { status: 0, stdout: `AUTH-SUCCESS ${uuid}\n`, stderr: '' };

  it('serves a command in its arguments', async () => {
    const words = ['shell', 'p2pstdio', directory, 'client', '--uuid', uuid];

    expect(await ran(words)).toEqual(greeting);
    expect(await ran(['shell', '-c', ...words.slice(1)])).toEqual(greeting);
  });

  it('serves a command as a login shell gets it', async () => {
    expect(await ran(['shell', '-c', command])).toEqual(greeting);
  });

  it('serves a command as a forced command gets it', async () => {
    const env = { SSH_ORIGINAL_COMMAND: command };

    expect(await ran(['shell'], { env })).toEqual(greeting);
  });

  it('is what it is called', async () => {
    const file = join(home, 'git-annex-shell');
    symlinkSync(program, file);

    expect(await ran(['-c', command], { file })).toEqual(greeting);
    expect(await ran(['p2pstdio', directory, 'client'], { file })).toEqual(greeting);
  });

  it.each([
    ['an annex', () => directory, uuid],
    ['what is none yet', () => plain, ''],
  ])('lists the configuration of %s', async (_name, where, listed) => {
    const ended = await ran(['shell', '-c', `git-annex-shell 'configlist' ${quoted(where())}`]);

    expect(ended).toEqual({
      status: 0,
      stdout: `annex.uuid=${listed}\ncore.gcrypt-id=\n`,
      stderr: '',
    });
  });

  describe('makes a bare repository an annex', () => {
    const made = (name: string): string => {
      const bare = join(temporaryDirectory(), name);
      git('.', 'init', '--quiet', '--bare', bare);
      return bare;
    };
    const list = (where: string, options: Parameters<typeof ran>[1] = {}): ReturnType<typeof ran> =>
      ran(['shell', 'configlist', where, '--', 'remoteuuid=x', 'autoinit=1', '--'], options);
    const listed = /^annex\.uuid=([0-9a-f-]{36})\ncore\.gcrypt-id=\n$/;

    it('when the client wants it, once, and serves it then', async () => {
      const bare = made('new.git');
      const all = await Promise.all([list(bare), list(bare)]);

      const [, own = ''] = listed.exec(all[0].stdout) ?? [];
      expect(all.map(({ stdout, status }) => [stdout.includes(own), status])).toEqual([
        [true, 0],
        [true, 0],
      ]);
      expect(own).toHaveLength(36);
      expect(git(bare, 'config', 'annex.version')).toBe('10\n');
      expect(git(bare, 'show', 'git-annex:uuid.log')).toContain(`${own} `);
      const { stdout } = await ran(['shell', 'p2pstdio', bare, 'client', '--uuid', own]);
      expect(stdout).toBe(`AUTH-SUCCESS ${own}\n`);
      const info = hasGitAnnex ? git(bare, 'annex', 'info', '--fast') : own;
      expect(info).toContain(own);
    });

    it('when a git-annex branch was pushed to it', async () => {
      const bare = made('pushed.git');
      git(directory, 'push', '--quiet', bare, 'git-annex');

      expect((await ran(['shell', 'configlist', bare])).stdout).toMatch(listed);
    });

    it('but not when it may only be read', async () => {
      const bare = made('read.git');
      const { status, stderr } = await list(bare, { env: { GIT_ANNEX_SHELL_READONLY: '1' } });

      expect(status).toBe(2);
      expect(stderr).toContain('blocked by GIT_ANNEX_SHELL_READONLY');
      expect((await ran(['shell', 'configlist', bare])).stdout).toMatch(/^annex\.uuid=\n/);
    });

    it('but not one with a work tree, and says what to do', async () => {
      const { status, stdout, stderr } = await list(plain);

      expect([status, stdout]).toEqual([0, 'annex.uuid=\ncore.gcrypt-id=\n']);
      expect(stderr).toContain('git annex init');
    });
  });

  it.each(['git-upload-pack', 'git upload-pack'])('passes %s to git', async (name) => {
    const input = '0000';

    const ended = await ran(['shell', '-c', `${name} ${quoted(directory)}`], { input });

    expect(ended.status).toBe(0);
    expect(ended.stdout).toContain('refs/heads/main');
  });

  it('answers the command that only opens a shared connection', async () => {
    expect(await ran(['shell', '-c', 'true'])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.each([
    ['an interactive login', [], /no shell here/],
    ['a program', ['-c', 'id'], /unknown command id/],
    ['a program by its arguments', ['id'], /unknown command id/],
    ['another command of git', ['-c', 'git-config --list'], /unknown command git-config/],
    [
      'another command of git-annex',
      ['-c', "git-annex-shell 'inannex' '/x' 'K'"],
      /unknown command inannex/,
    ],
    [
      'what only a shell understands',
      ['-c', `touch ${home}/touched; git-upload-pack x`],
      /not run/,
    ],
    ['a program within quotes', ['-c', `git-upload-pack "$(touch ${home}/touched)"`], /not run/],
    [
      'an option in place of a directory',
      ['-c', "git-upload-pack '--upload-pack=x'"],
      /bad parameters/,
    ],
    ['git without a directory', ['-c', 'git-receive-pack'], /bad parameters/],
  ])('refuses %s', async (_name, words, why) => {
    const ended = await ran(['shell', ...words]);

    expect(ended.status).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(why);
    expect(existsSync(join(home, 'touched'))).toBe(false);
  });

  it.each(['git-upload-pack', 'git-receive-pack', 'git-upload-archive'])(
    'blocks %s when it is limited, and elsewhere than allowed',
    async (name) => {
      const words = ['shell', '-c', `${name} ${quoted(directory)}`];

      const limited = await ran(words, { env: { GIT_ANNEX_SHELL_LIMITED: '1' } });
      const elsewhere = await ran(words, { env: { GIT_ANNEX_SHELL_DIRECTORY: plain } });

      expect([limited.status, elsewhere.status]).toEqual([2, 2]);
      expect(limited.stderr).toMatch(/blocked by GIT_ANNEX_SHELL_LIMITED/);
      expect(elsewhere.stderr).toMatch(/Only allowed to access/);
    },
  );
});

describe('a push over ssh', () => {
  const receivePack = `${process.execPath} ${quoted(program)} shell git-receive-pack`;

  it.each([
    ['anybody', {}, true],
    ['who may only append', { GIT_ANNEX_SHELL_APPENDONLY: '1' }, false],
    ['who may only read', { GIT_ANNEX_SHELL_READONLY: '1' }, false],
  ])('by %s takes nothing from git-annex', async (_who, env, mayOverrule) => {
    const clone = join(temporaryDirectory(), 'clone');
    git('.', 'clone', '--quiet', directory, clone);
    const before = linesOf(directory);
    const wiped = emptied(clone, ['origin/git-annex']);
    const news = commitWith(clone, [wiped], { 'numcopies.log': `${Date.now()}s 7\n` });

    const { stdout, stderr } = await promisify(execFile)(
      'git',
      ['-C', clone, 'push', `--receive-pack=${receivePack}`, 'origin', `${news}:git-annex`],
      { env: { ...gitEnvironment, ...env } },
    ).catch((error: { stdout: string; stderr: string }) => error);

    expect(`${stdout}${stderr}`).toMatch(/-> git-annex\n/);
    const now = linesOf(directory);
    expect([...before].filter((line) => !now.has(line))).toEqual([]);
    expect(now.size > before.size).toBe(mayOverrule);
    expect(/remote: ballast: 1 of the changes to git-annex/.test(stderr)).toBe(!mayOverrule);
  });

  it('by who may only append rewinds, deletes and malforms nothing', async () => {
    const clone = join(temporaryDirectory(), 'clone');
    git('.', 'clone', '--quiet', directory, clone);
    const tree = git(clone, 'rev-parse', 'main^{tree}').trim();
    const other = git(clone, 'commit-tree', tree, '-m', 'no child of main').trim();
    const text = `tree ${tree}\nauthor x<x> nodate\ncommitter x <x> 1 +0000\n\nbad\n`;
    writeFileSync(join(clone, 'commit'), text);
    const words = ['hash-object', '-t', 'commit', '-w', '--literally', 'commit'];
    const bad = git(clone, ...words).trim();
    const before = git(directory, 'for-each-ref', 'refs/heads/main', 'refs/heads/new', 'refs/tags');
    git(directory, 'symbolic-ref', 'HEAD', 'refs/heads/not-yet-there');

    for (const [what, why] of [
      [`+${other}:refs/heads/main`, /non-fast-forward/],
      [':refs/heads/main', /nor deletes branches/],
      [`${bad}:refs/heads/new`, /missingSpaceBeforeEmail|fsck|unpack/],
      [`${tree}:refs/tags/main`, /name of a branch/],
      [`${tree}:refs/tags/not-yet-there`, /name of a branch/],
    ] as const) {
      const { stderr } = await promisify(execFile)(
        'git',
        ['-C', clone, 'push', `--receive-pack=${receivePack}`, 'origin', what],
        { env: { ...gitEnvironment, GIT_ANNEX_SHELL_APPENDONLY: '1' } },
      ).catch((error: { stdout: string; stderr: string }) => error);
      expect(stderr, what).toMatch(why);
    }

    git(directory, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    const after = git(directory, 'for-each-ref', 'refs/heads/main', 'refs/heads/new', 'refs/tags');
    expect(after).toBe(before);
  });

  it('to what is no annex is left to git', async () => {
    const clone = join(temporaryDirectory(), 'clone');
    git('.', 'clone', '--quiet', directory, clone);
    git(
      clone,
      'push',
      '-q',
      `--receive-pack=${receivePack}`,
      plain,
      'origin/git-annex:refs/heads/git-annex',
    );
    expect(git(plain, 'rev-parse', 'git-annex')).toBe(git(clone, 'rev-parse', 'origin/git-annex'));
  });
});
