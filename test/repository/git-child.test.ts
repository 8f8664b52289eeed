import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GitChild, GitError, runGit } from '../../src/repository/index.ts';
import { git } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Starts git again and again with some descriptors left, from none to enough; prints what came. */
const starved = `
import { closeSync, openSync } from 'node:fs';
import { CatFile, findGit, runGit } from '${import.meta.dirname}/../../src/repository/index.ts';
const directory = process.argv[1];
const outcome = (work) => work.then(() => 'well', (error) => error.name);
await runGit(['--version'], { directory });
const taken = [];
const take = () => { try { for (;;) taken.push(openSync('/dev/null')); } catch {} };
const seen = new Set();
for (let left = 0; left < 12; left += 1) {
  take();
  for (let freed = 0; freed < left; freed += 1) closeSync(taken.pop());
  const objects = new CatFile({ directory });
  const asked = [outcome(objects.read('HEAD')), outcome(objects.read('HEAD'))];
  seen.add(await outcome(runGit(['--version'], { directory, input: 'x' })));
  for (const answer of await Promise.all(asked)) seen.add(answer);
  seen.add(await outcome(findGit()));
  await objects.close();
}
for (const descriptor of taken) closeSync(descriptor);
process.stdout.write([...seen].sort() + ' then ' + (await outcome(runGit(['--version'], { directory }))));
`;

/** Whether any process of a group is left. */
function isGroupThere(pid: number): boolean {
  const list = execFileSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' });
  return list.split('\n').some((line) => {
    const [group, state = ''] = line.trim().split(/\s+/);
    return group === String(pid) && !state.startsWith('Z');
  });
}

describe('a git that cannot be started', () => {
  test('for want of descriptors is an error of the call, and later calls do well', () => {
    const directory = temporaryDirectory();
    git(directory, 'init', '-q');
    const words = ['--no-warnings', '--input-type=module', '-e', starved, '--', directory];
    const shell = ['-c', 'ulimit -n 64; exec "$@"', 'sh', process.execPath, ...words];

    const ended = spawnSync('sh', shell, { encoding: 'utf8' });

    expect(ended.stderr).toBe('');
    expect(ended.stdout).toBe('GitError,well then well');
  });

  test('because its directory is a file is an error too', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const child = new GitChild(['version'], { directory: file });
    child.stdin.end('anything');

    await expect(child.succeeded()).rejects.toThrow(GitError);
    await expect(runGit(['version'], { directory: file })).rejects.toThrow(GitError);
  });
});

describe('a git with a group', () => {
  const waiting = ['-c', 'alias.wait=!sleep 60 & sleep 60', 'wait'];
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  test('ends whole when it is killed, with the programs that it has started', async () => {
    const directory = temporaryDirectory();
    git(directory, 'init', '-q');
    const child = new GitChild(waiting, { directory, isGroup: true });
    const pid = child.pid ?? 0;
    await pause(200);
    expect(isGroupThere(pid)).toBe(true);

    child.kill();

    await expect(child.succeeded()).rejects.toThrow(GitError);
    expect(isGroupThere(pid)).toBe(false);
    child.kill();
  });

  test('ends whole by its signal', async () => {
    const directory = temporaryDirectory();
    git(directory, 'init', '-q');
    const ending = new AbortController();
    const child = new GitChild(waiting, { directory, isGroup: true, signal: ending.signal });
    const pid = child.pid ?? 0;
    await pause(200);

    ending.abort();

    await expect(child.succeeded()).rejects.toThrow(GitError);
    expect(isGroupThere(pid)).toBe(false);
  });

  test('ends with the process that has started it', () => {
    const directory = temporaryDirectory();
    git(directory, 'init', '-q');
    const script = `
import { GitChild } from '${import.meta.dirname}/../../src/repository/index.ts';
const child = new GitChild(${JSON.stringify(waiting)}, { directory: process.argv[1], isGroup: true });
process.stdout.write(String(child.pid));
setTimeout(() => process.exit(0), 200);
`;
    const words = ['--no-warnings', '--input-type=module', '-e', script, '--', directory];
    const ended = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect(isGroupThere(Number(ended.stdout))).toBe(false);
  });
});

test('a guard against bare repositories in the configuration of a user is not in the way', async () => {
  const directory = temporaryDirectory();
  git(directory, 'init', '-q', '--bare');
  const settings = join(temporaryDirectory(), 'config');
  writeFileSync(settings, '[safe]\n\tbareRepository = explicit\n');
  process.env['GIT_CONFIG_GLOBAL'] = settings;
  try {
    const answer = await runGit(['rev-parse', '--is-bare-repository'], { directory });
    expect(answer.toString().trim()).toBe('true');
  } finally {
    delete process.env['GIT_CONFIG_GLOBAL'];
  }
});
