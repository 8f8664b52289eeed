import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileLockTimeoutError, lockFile, tryLockFile } from '../../src/repository/index.ts';
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

function lockPath(): string {
  return join(temporaryDirectory(), 'file.lck');
}

describe('tryLockFile', () => {
  it('lets shared locks go together and keeps an exclusive one alone, in one process', () => {
    const path = lockPath();
    const one = tryLockFile(path, 'shared', { create: true });
    const two = tryLockFile(path, 'shared');

    expect(one).toBeDefined();
    expect(two).toBeDefined();
    expect(tryLockFile(path, 'exclusive')).toBeUndefined();
    one?.release();
    expect(tryLockFile(path, 'exclusive')).toBeUndefined();
    two?.release();
    const alone = tryLockFile(path, 'exclusive');
    expect(alone).toBeDefined();
    expect(tryLockFile(path, 'shared')).toBeUndefined();
    alone?.release();
    alone?.release();
  });

  it('meets the record locks of other programs, both ways', async () => {
    const path = lockPath();
    const shared = await lockedByPython(path, 'LOCK_SH');
    expect(tryLockFile(path, 'exclusive')).toBeUndefined();
    const ours = tryLockFile(path, 'shared');
    expect(ours).toBeDefined();
    await ended(shared);

    expect(await pythonGets(path, 'LOCK_SH')).toBe(true);
    expect(await pythonGets(path, 'LOCK_EX')).toBe(false);
    ours?.release();
    const exclusive = await lockedByPython(path, 'LOCK_EX');
    expect(tryLockFile(path, 'shared')).toBeUndefined();
    await ended(exclusive);
    tryLockFile(path, 'exclusive')?.release();
  });

  it('keeps a lock when the same file is opened and closed elsewhere in the process', async () => {
    const path = lockPath();
    const lock = tryLockFile(path, 'exclusive', { create: true });
    readFileSync(path);

    expect(await pythonGets(path, 'LOCK_SH')).toBe(false);
    lock?.release();
    expect(await pythonGets(path, 'LOCK_EX')).toBe(true);
  });

  it('makes the file only when asked to, with the mode asked for', () => {
    const path = lockPath();

    expect(() => tryLockFile(path, 'shared')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    tryLockFile(path, 'shared', { create: true, createMode: 0o666 })?.release();
    expect(statSync(path).mode & 0o777).toBe(0o666);
  });

  it('removes the file under the lock when asked to', () => {
    const path = lockPath();
    tryLockFile(path, 'exclusive', { create: true, removeOnRelease: true })?.release();
    expect(() => statSync(path)).toThrow('ENOENT');
  });
});

describe('lockFile', () => {
  it('waits until the holder is gone', async () => {
    const path = lockPath();
    const holder = await lockedByPython(path, 'LOCK_EX');
    const waiting = lockFile(path, 'exclusive', { timeoutMs: 20_000 });
    holder.kill('SIGKILL');

    const lock = await waiting;
    expect(await pythonGets(path, 'LOCK_SH')).toBe(false);
    lock.release();
  });

  it('gives up after its time with an error that names the path and the way out', async () => {
    const path = lockPath();
    const holder = tryLockFile(path, 'shared', { create: true });

    const failure = lockFile(path, 'exclusive', { timeoutMs: 20 });
    await expect(failure).rejects.toThrow(FileLockTimeoutError);
    await expect(failure).rejects.toThrow(path);
    await expect(failure).rejects.toThrow('lslocks');
    holder?.release();
  });

  it('ends with the reason of its signal', async () => {
    const path = lockPath();
    const holder = tryLockFile(path, 'exclusive', { create: true });
    const stop = new AbortController();
    const waiting = lockFile(path, 'shared', { timeoutMs: 60_000, signal: stop.signal });
    stop.abort(new Error('client left'));

    await expect(waiting).rejects.toThrow('client left');
    holder?.release();
  });

  it('locks the file that is there, not one unlinked while it waited', async () => {
    const path = lockPath();
    const holder = tryLockFile(path, 'exclusive', { create: true });
    const waiting = lockFile(path, 'exclusive', { create: true, timeoutMs: 20_000 });
    rmSync(path);
    writeFileSync(`${path}.new`, '');
    renameSync(`${path}.new`, path);

    const lock = await waiting;
    expect(tryLockFile(path, 'shared')).toBeUndefined();
    holder?.release();
    expect(tryLockFile(path, 'shared')).toBeUndefined();
    lock.release();
  });
});
