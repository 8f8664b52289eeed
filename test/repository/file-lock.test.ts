import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownDisk, thisMachine } from '../../src/repository/index.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A POSIX record lock held by Python, which locks as git-annex does. */
async function lockedByPython(path: string, mode: 'LOCK_SH' | 'LOCK_EX'): Promise<ChildProcess> {
  const program = `import fcntl, sys
file = open(sys.argv[1], 'a+')
fcntl.lockf(file, fcntl.${mode} | fcntl.LOCK_NB)
print('locked', flush=True)
sys.stdin.read()`;
  const child = spawn('python3', ['-c', program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([status]) => [`ended with ${String(status)}`]),
  ]);
  expect(String(first).trim()).toBe('locked');
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null) await once(child, 'exit');
}

function pythonGets(path: string, mode: 'LOCK_SH' | 'LOCK_EX'): Promise<boolean> {
  return lockedByPython(path, mode).then(
    async (child) => {
      await ended(child);
      return true;
    },
    () => false,
  );
}

const disk = ownDisk;

function lockPath(): string {
  return join(temporaryDirectory(), 'file.lck');
}

describe('tryLockFile', () => {
  it('lets shared locks go together and keeps an exclusive one alone, in one process', async () => {
    const path = lockPath();
    const one = await thisMachine.locks.tryLock(path, 'shared', { disk, create: true });
    const two = await thisMachine.locks.tryLock(path, 'shared', { disk });

    expect(one).toBeDefined();
    expect(two).toBeDefined();
    expect(await thisMachine.locks.tryLock(path, 'exclusive', { disk })).toBeUndefined();
    one?.release();
    expect(await thisMachine.locks.tryLock(path, 'exclusive', { disk })).toBeUndefined();
    two?.release();
    const alone = await thisMachine.locks.tryLock(path, 'exclusive', { disk });
    expect(alone).toBeDefined();
    expect(await thisMachine.locks.tryLock(path, 'shared', { disk })).toBeUndefined();
    alone?.release();
    alone?.release();
  });

  it('meets the record locks of other programs, both ways', async () => {
    const path = lockPath();
    const shared = await lockedByPython(path, 'LOCK_SH');
    expect(await thisMachine.locks.tryLock(path, 'exclusive', { disk })).toBeUndefined();
    const ours = await thisMachine.locks.tryLock(path, 'shared', { disk });
    expect(ours).toBeDefined();
    await ended(shared);

    expect(await pythonGets(path, 'LOCK_SH')).toBe(true);
    expect(await pythonGets(path, 'LOCK_EX')).toBe(false);
    ours?.release();
    const exclusive = await lockedByPython(path, 'LOCK_EX');
    expect(await thisMachine.locks.tryLock(path, 'shared', { disk })).toBeUndefined();
    await ended(exclusive);
    (await thisMachine.locks.tryLock(path, 'exclusive', { disk }))?.release();
  });

  it('keeps a lock when the same file is opened and closed elsewhere in the process', async () => {
    const path = lockPath();
    const lock = await thisMachine.locks.tryLock(path, 'exclusive', { disk, create: true });
    readFileSync(path);

    expect(await pythonGets(path, 'LOCK_SH')).toBe(false);
    lock?.release();
    expect(await pythonGets(path, 'LOCK_EX')).toBe(true);
  });

  it('makes the file only when asked to, with the mode asked for', async () => {
    const path = lockPath();

    await expect(thisMachine.locks.tryLock(path, 'shared', { disk })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    (
      await thisMachine.locks.tryLock(path, 'shared', { disk, create: true, createMode: 0o666 })
    )?.release();
    expect(statSync(path).mode & 0o777).toBe(0o666);
  });

  it('removes the file under the lock when asked to', async () => {
    const path = lockPath();
    (
      await thisMachine.locks.tryLock(path, 'exclusive', {
        disk,
        create: true,
        removeOnRelease: true,
      })
    )?.release();
    expect(() => statSync(path)).toThrow('ENOENT');
  });
});

describe('lockFile', () => {
  it('waits until the holder is gone', async () => {
    const path = lockPath();
    const holder = await lockedByPython(path, 'LOCK_EX');
    const waiting = thisMachine.locks.lock(path, 'exclusive', { disk, timeoutMs: 20_000 });
    holder.kill('SIGKILL');

    const lock = await waiting;
    expect(await pythonGets(path, 'LOCK_SH')).toBe(false);
    lock.release();
  });

  it('gives up after its time with an error that names the path and the way out', async () => {
    const path = lockPath();
    const holder = await thisMachine.locks.tryLock(path, 'shared', { disk, create: true });

    const failure = thisMachine.locks.lock(path, 'exclusive', { disk, timeoutMs: 20 });
    await expect(failure).rejects.toMatchObject({ code: 'FILE_LOCK_TIMEOUT' });
    await expect(failure).rejects.toThrow(path);
    await expect(failure).rejects.toThrow('lslocks');
    holder?.release();
  });

  it('ends with the reason of its signal', async () => {
    const path = lockPath();
    const holder = await thisMachine.locks.tryLock(path, 'exclusive', { disk, create: true });
    const stop = new AbortController();
    const waiting = thisMachine.locks.lock(path, 'shared', {
      disk,
      timeoutMs: 60_000,
      signal: stop.signal,
    });
    stop.abort(new Error('client left'));

    await expect(waiting).rejects.toThrow('client left');
    holder?.release();
  });

  it('locks the file that is there, not one unlinked while it waited', async () => {
    const path = lockPath();
    const holder = await thisMachine.locks.tryLock(path, 'exclusive', { disk, create: true });
    const waiting = thisMachine.locks.lock(path, 'exclusive', {
      disk,
      create: true,
      timeoutMs: 20_000,
    });
    rmSync(path);
    writeFileSync(`${path}.new`, '');
    renameSync(`${path}.new`, path);

    const lock = await waiting;
    expect(await thisMachine.locks.tryLock(path, 'shared', { disk })).toBeUndefined();
    holder?.release();
    expect(await thisMachine.locks.tryLock(path, 'shared', { disk })).toBeUndefined();
    lock.release();
  });
});
