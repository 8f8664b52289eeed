import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ownDisk, thisMachine } from '../../../src/repository/index.ts';
import { StaleLocks } from '../../../src/repository/leftovers/stale-locks.ts';
import { git, gitEnvironment } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const name = 'refs/heads/git-annex.lock';
const seesAll = (await thisMachine.processes.all()) !== undefined;
if (!seesAll) console.warn('not all processes are seen here: tests of their locks are skipped');

function repository(): string {
  const directory = join(temporaryDirectory(), 'here.git');
  git('.', 'init', '-q', '--bare', directory);
  return directory;
}

/** Locks looked at by a clock that can be put forward. */
function locksIn(directory: string): { clear(): Promise<readonly string[]>; later(): void } {
  let aheadSeconds = 0;
  const { processes } = thisMachine;
  const ahead = { ...processes, uptimeSeconds: () => processes.uptimeSeconds() + aheadSeconds };
  const system = { ...thisMachine, processes: ahead };
  const locks = new StaleLocks({ gitDirectory: directory, disk: ownDisk, system });
  return {
    clear: () => locks.clear(),
    later: () => {
      aheadSeconds += 10;
    },
  };
}

/** Looks until the lock goes; gits of others, of the time when it was seen, may last for a while. */
async function untilCleared(clear: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const endMs = performance.now() + 60_000;
  for (;;) {
    const cleared = await clear();
    if (cleared.length > 0 || performance.now() > endMs) return cleared;
    await sleep(100);
  }
}

/** A real git in the middle of a transaction that makes the branch. */
async function preparedTransaction(directory: string): Promise<ChildProcessWithoutNullStreams> {
  const tree = git(directory, 'hash-object', '-t', 'tree', '-w', '/dev/null').trim();
  const commit = git(directory, 'commit-tree', '-m', 'one', tree).trim();
  const child = spawn('git', ['-C', directory, 'update-ref', '--stdin'], { env: gitEnvironment });
  child.stdin.write(`start\ncreate refs/heads/git-annex ${commit}\nprepare\n`);
  let told = '';
  while (!told.includes('prepare: ok')) {
    const [piece]: unknown[] = await once(child.stdout, 'data');
    told += String(piece);
  }
  return child;
}

describe('lock files of git', () => {
  it.skipIf(!seesAll)('stay while a git lives that holds them by their names alone', async () => {
    const directory = repository();
    const child = await preparedTransaction(directory);
    expect(existsSync(join(directory, name))).toBe(true);
    const locks = locksIn(directory);
    expect(await locks.clear()).toEqual([]);
    locks.later();
    expect(await locks.clear()).toEqual([]);

    child.stdin.end('commit\n');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    expect(git(directory, 'rev-parse', 'git-annex')).toMatch(/^[0-9a-f]{40}/);
  });

  it.skipIf(!seesAll)('go when that git was killed', async () => {
    const directory = repository();
    const child = await preparedTransaction(directory);
    const locks = locksIn(directory);
    expect(await locks.clear()).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(directory, name))).toBe(true);
    locks.later();
    expect(await untilCleared(() => locks.clear())).toEqual([name]);
    expect(existsSync(join(directory, name))).toBe(false);
  });

  it.skipIf(!seesAll)('stay while any program has them open', async () => {
    const directory = repository();
    const path = join(directory, name);
    const fd = openSync(path, 'wx');
    const locks = locksIn(directory);
    expect(await locks.clear()).toEqual([]);
    locks.later();
    expect(await locks.clear()).toEqual([]);
    closeSync(fd);
    expect(await untilCleared(() => locks.clear())).toEqual([name]);
  });

  it('stay at the first look, and when another has come to their place', async () => {
    const directory = repository();
    const path = join(directory, name);
    writeFileSync(path, '');
    const locks = locksIn(directory);
    expect(await locks.clear()).toEqual([]);
    rmSync(path);
    writeFileSync(path, 'another');
    locks.later();
    expect(await locks.clear()).toEqual([]);
  });

  it('that are older than the start of the machine go without a look at processes', async () => {
    const directory = repository();
    const path = join(directory, 'packed-refs.lock');
    const before = Date.now() / 1000 - thisMachine.processes.uptimeSeconds() - 3600;
    writeFileSync(path, '');
    utimesSync(path, before, before);
    const locks = locksIn(directory);
    expect(await locks.clear()).toEqual([]);
    locks.later();
    expect(await locks.clear()).toEqual(['packed-refs.lock']);
  });
});
