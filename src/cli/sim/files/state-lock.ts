import { readFile, writeFile } from 'node:fs/promises';
import { ownDisk, thisMachine, type FileLock } from '../../../repository/index.ts';
import { isErrorCode, plain } from '../../../units/index.ts';
import { UserError } from '../../errors.ts';

/** How long a command waits for another that ends soon, such as a step of a script. */
const waitMs = 5000;

/** How much of a command is told to those who wait for it, in UTF-16 code units. */
const shownMax = 100;

/**
 * Keeps other commands from a state file, by a lock on a file beside it that says who holds it. It ends
 * with the process at the latest; the file goes when it is released.
 * @param what the command that holds it, for those who wait.
 * @throws UserError that names the holder, when there is one for longer than some seconds.
 */
export async function lockState(path: string, what: string): Promise<FileLock> {
  const lockPath = `${path}.lock`;
  const options = {
    disk: ownDisk,
    create: true,
    createMode: 0o666 & ~process.umask(),
    removeOnRelease: true,
    timeoutMs: waitMs,
  };
  const locking = thisMachine.locks.lock(lockPath, 'exclusive', options);
  const lock = await locking.catch(async (error: unknown) => {
    if (isErrorCode(error, 'FILE_LOCK_TIMEOUT')) throw await inUse(path, lockPath);
    if (!isErrorCode(error, 'FILE_LOCKS_UNSUPPORTED')) throw error;
    throw new UserError(`${lockPath} cannot be locked there; name a state file on another disk.`);
  });
  // On a full disk it says nothing, and locks as well.
  await writeFile(lockPath, `${process.pid} ${what}`).catch(() => undefined);
  // As when standard output is closed: then nothing is said, and nothing shall be left lying about.
  process.once('exit', () => lock.release());
  return lock;
}

async function inUse(path: string, lockPath: string): Promise<UserError> {
  const text = await readFile(lockPath, 'utf8').catch(() => '');
  const [, pid, what = ''] = /^(\d+) (.*)/s.exec(text) ?? [];
  const shown = what.length > shownMax ? `${what.slice(0, shownMax)}…` : what;
  const holder = pid === undefined ? 'another command' : `"${plain(shown)}" (process ${pid})`;
  const way = pid === undefined ? 'end it' : `end it by "kill ${pid}"`;
  return new UserError(`${path} is in use by ${holder}: wait until that has ended, or ${way}.`);
}
