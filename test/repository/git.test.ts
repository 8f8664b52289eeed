import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import {
  CatFile,
  findGit,
  GitConfig,
  thisMachine,
  GitError,
  isGitAtLeast,
  ObjectTooLargeError,
  readObjects,
  runGit,
  streamGit,
} from '../../src/repository/index.ts';
import { parseConfigList } from '../../src/repository/config/git-configurations.ts';
import { git } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function repository(): string {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q');
  return directory;
}

function blob(directory: string, content: string): string {
  writeFileSync(`${directory}/.git/content`, content);
  return git(directory, 'hash-object', '-w', `${directory}/.git/content`).trim();
}

/** Processes that this one has started with such a word among their arguments. */
function childrenNamed(word: string): number[] {
  const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], {
    encoding: 'utf8',
  });
  const lines = list.split('\n').filter((line) => line.includes(word) && !line.includes('defunct'));
  return lines.map((line) => Number.parseInt(line, 10));
}

describe('finding git', () => {
  function pathWith(script: string | undefined): NodeJS.ProcessEnv {
    const directory = mkdtempSync(join(tmpdir(), 'ballast-git-'));
    if (script !== undefined) {
      writeFileSync(`${directory}/git`, `#!/bin/sh\n${script}\n`);
      chmodSync(`${directory}/git`, 0o755);
    }
    return { PATH: directory };
  }

  test('gives the version', async () => {
    expect(isGitAtLeast(await findGit(), [2, 30])).toBe(true);
    expect(await findGit(pathWith('echo git version 2.45.1.windows.1'))).toEqual([2, 45]);
  });

  test.each([
    ['no git', undefined, 'git was not found: install git 2.30 or newer'],
    ['an old git', 'echo git version 2.17.1', 'git version 2.17.1, which is too old: install'],
    ['no git at all behind the name', 'echo hello', 'install git 2.30 or newer'],
  ])('says what to do about %s', async (_, script, message) => {
    const attempt = findGit(pathWith(script));

    await expect(attempt).rejects.toMatchObject({ code: 'GIT_UNUSABLE' });
    await expect(attempt).rejects.toThrow(message);
  });
});

describe('running git', () => {
  test('an error carries the arguments, the status and what git said', async () => {
    const directory = repository();
    const error = await runGit(['rev-parse', '--verify', 'nothing'], { directory }).catch(
      (caught: unknown) => caught,
    );

    expect(error).toBeInstanceOf(GitError);
    expect(error).toMatchObject({
      data: { exitStatus: 128, argv: ['rev-parse', '--verify', 'nothing'] },
    });
    expect(error).toHaveProperty('data.stderrTail', expect.stringContaining('fatal'));
  });

  test('a directory that is gone is an error too', async () => {
    await expect(runGit(['version'], { directory: '/nowhere/at/all' })).rejects.toThrow(GitError);
  });

  test('variables of a git that started us do not lead it elsewhere', async () => {
    const directory = repository();
    process.env['GIT_DIR'] = '/nowhere';
    try {
      const found = await runGit(['rev-parse', '--git-dir'], { directory });
      expect(found.toString().trim()).toBe('.git');
    } finally {
      delete process.env['GIT_DIR'];
    }
  });

  test('ends with its signal, though what it has started goes on', async () => {
    const directory = repository();
    const ending = new AbortController();
    const alias = 'alias.wait=!sleep 600 & echo $! >started; wait';
    const waiting = runGit(['-c', alias, 'wait'], { directory, signal: ending.signal });
    const started = join(directory, 'started');
    await vi.waitUntil(() => existsSync(started) && readFileSync(started, 'utf8').endsWith('\n'));

    ending.abort();

    await expect(waiting).rejects.toThrow(GitError);
    process.kill(Number(readFileSync(started, 'utf8')));
  });

  test('ends with its signal at once, and when nobody reads on', async () => {
    const directory = repository();
    const ending = new AbortController();
    const waiting = runGit(['-c', 'alias.wait=!exec sleep 600', 'wait'], {
      directory,
      signal: ending.signal,
    });
    ending.abort();
    await expect(waiting).rejects.toThrow(GitError);

    for await (const piece of streamGit(['-c', 'alias.yes=!exec yes', 'yes'], { directory })) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  });
});

describe('git config', () => {
  test('gives all values of a name, whatever its case', async () => {
    const directory = repository();
    await thisMachine.configurations.set(directory, {
      name: 'remote.A b.annex-uuid',
      value: 'x=y\nz',
    });
    git(directory, 'config', '--add', 'Annex.Thing', 'one');
    git(directory, 'config', '--add', 'annex.thing', 'two');
    const config = await GitConfig.read(directory, thisMachine.configurations);

    expect(config.get('Remote.A b.Annex-UUID')).toBe('x=y\nz');
    expect(config.get('remote.a b.annex-uuid')).toBeUndefined();
    expect(config.getAll('annex.thing')).toEqual(['one', 'two']);
    expect(config.get('annex.THING')).toBe('two');
    await thisMachine.configurations.set(directory, { name: 'annex.thing', value: 'yes' });
    expect(config.get('annex.thing')).toBe('two');
    await config.reload();
    expect(config.getAll('annex.thing')).toEqual(['yes']);
    expect(config.getBoolean('annex.thing')).toBe(true);
    expect(config.getBoolean('annex.none')).toBeUndefined();
  });

  test('a name without a value is true', () => {
    expect(parseConfigList('a.b\0c.d\n\0')).toEqual(
      new Map([
        ['a.b', ['true']],
        ['c.d', ['']],
      ]),
    );
  });
});

describe('git objects', () => {
  test('are read by name, many at once, in order, and missing ones are undefined', async () => {
    const directory = repository();
    const contents = ['', 'a', 'x\n'.repeat(100_000), '\n\n'];
    const shas = contents.map((content) => blob(directory, content));
    const objects = new CatFile({ directory });

    const names = [...shas, 'nothing', 'refs/heads/none:a b missing', ...shas];
    const answers = await Promise.all(names.map((name) => objects.read(name)));
    await objects.close();

    const texts = answers.map((answer) => answer && Buffer.from(answer.bytes).toString());
    expect(texts).toEqual([...contents, undefined, undefined, ...contents]);
    await expect(objects.read('late')).rejects.toThrow(GitError);
  });

  test('one that is too large is an error, and the next is read', async () => {
    const directory = repository();
    const [large, small] = [blob(directory, 'x'.repeat(1000)), blob(directory, 'ok')];
    const objects = new CatFile({ directory, bytesMax: 999 });
    const [first, second] = await Promise.allSettled([objects.read(large), objects.read(small)]);
    await objects.close();

    expect(first).toMatchObject({ reason: expect.any(ObjectTooLargeError) });
    expect(second).toMatchObject({ value: { sha: small } });
  });

  test('a name with a line end is refused, as it would be two questions', async () => {
    const objects = new CatFile({ directory: repository() });
    await expect(objects.read('a\nb')).rejects.toThrow(RangeError);
    await objects.close();
  });

  test('a reader whose program dies starts it again, and loses no question', async () => {
    const directory = repository();
    const sha = blob(directory, 'x'.repeat(100_000));
    const objects = new CatFile({ directory });
    await objects.read(sha);
    for (let round = 0; round < 3; round += 1) {
      const questions = Array.from({ length: 50 }, () => objects.read(sha));
      for (const pid of childrenNamed('cat-file')) process.kill(pid, 'SIGKILL');
      for (const answer of await Promise.all(questions)) expect(answer?.bytes.length).toBe(100_000);
    }
    await objects.close();
    expect(childrenNamed('cat-file')).toEqual([]);
  });

  test('a reader that cannot be started refuses what it was asked', async () => {
    const objects = new CatFile({ directory: '/nowhere/at/all' });
    const answers = await Promise.allSettled([objects.read('a'), objects.read('b')]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await objects.close();
  });

  test('in bulk, a slow reader slows the asking down', async () => {
    const directory = repository();
    const sha = blob(directory, 'y'.repeat(50_000));
    let asked = 0;
    const names = function* (): Generator<string> {
      for (; asked < 20_000; asked += 1) yield sha;
    };
    let answers = 0;
    for await (const { answer } of readObjects(names(), { directory, nameOf: (name) => name })) {
      expect(answer).toMatchObject({ kind: 'object', object: { sha } });
      answers += 1;
      if (answers === 10) break;
    }
    expect(asked).toBeLessThan(20_000);
  });
});
