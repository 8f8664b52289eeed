import type { Clock } from '../../clock/index.ts';
import { BallastError, decodeText, isErrorCode } from '../../units/index.ts';
import type { Disk, Soon } from './disk.ts';
import { DiskFile } from './disk-file.ts';
import type {
  FileLock,
  FileLockMode,
  FileLockOptions,
  FileLockWaitOptions,
  Locks,
} from './locks.ts';
import { openFlags } from './system-calls.ts';

/** Someone else kept a lock for longer than the caller would wait. */
function fileLockTimeout(path: string | Buffer, timeoutMs: number): BallastError {
  return new BallastError(
    'FILE_LOCK_TIMEOUT',
    `${describePath(path)} stayed locked for ${timeoutMs} ms; ` +
      'wait for the git-annex or ballast process that holds it (lslocks shows its number), or end it',
    { isRetryable: true },
  );
}

const pollMsMin = 1;
/** Polling, since a waiting fcntl would keep one of the few threads that serve all file access. */
const pollMsMax = 50;

/** The record locks of this machine. One object for a process. */
export class RecordLocks implements Locks {
  readonly #clock: Clock;
  /** Locks that are being released, by path: where that takes a while, whoever comes next waits for it. */
  readonly #endings = new Map<string, Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** {@link Locks.lock}; waits by polling every 1 to 50 ms. */
  async lock(
    path: string | Buffer,
    mode: FileLockMode,
    options: FileLockWaitOptions,
  ): Promise<FileLock> {
    const deadline = this.#clock.steadyMs() + options.timeoutMs;
    for (let pauseMs = pollMsMin; ; pauseMs = Math.min(pauseMs * 2, pollMsMax)) {
      options.signal?.throwIfAborted();
      const lock = await this.tryLock(path, mode, options);
      if (lock !== undefined) return lock;
      const leftMs = deadline - this.#clock.steadyMs();
      if (leftMs <= 0) throw fileLockTimeout(path, options.timeoutMs);
      await this.#clock.sleep(Math.min(pauseMs, leftMs), { signal: options.signal });
    }
  }

  /** {@link Locks.tryLock}. Cost: five system calls. */
  async tryLock(
    path: string | Buffer,
    mode: FileLockMode,
    options: FileLockOptions,
  ): Promise<FileLock | undefined> {
    for (;;) {
      await this.#endings.get(nameOf(path));
      const file = await openLockFile(path, mode, options);
      let kept = false;
      try {
        if (!(await file.lock(mode, { signal: options.signal }))) return undefined;
        kept = await isFileAt(file, path, options.disk);
        if (kept) return this.#held(file, { ...options, path, mode });
      } finally {
        if (!kept) await file.close();
      }
      // Whoever held the lock unlinked the file meanwhile: what was locked is not what is there.
    }
  }

  /** {@link Locks.conflicting}. */
  async conflicting(path: string | Buffer, disk: Disk): Promise<FileLockMode | undefined> {
    const file = await DiskFile.open(disk, path, openFlags.O_RDONLY);
    try {
      return await file.conflictingLock();
    } finally {
      await file.close();
    }
  }

  #held(file: DiskFile, held: HeldFile): FileLock {
    const { path, mode, disk, removeOnRelease = false } = held;
    let released: Promise<void> | undefined;
    const close = (): Promise<void> => file.close();
    const unlock = (): Promise<void> => {
      // Closing alone would leave the lock to a child forked at this moment, until it has exec'ed.
      const unlocked = attempt(() => file.lock('none'));
      return this.#ending(path, after(unlocked, close));
    };
    return {
      path,
      mode,
      release(): void {
        // The lock ends with the descriptor, also when the file cannot be removed.
        released ??= after(removeOnRelease ? attempt(() => disk.remove(path)) : undefined, unlock);
      },
      get released(): Promise<void> | undefined {
        return released;
      },
    };
  }

  /** Has whoever comes next in this process wait until a lock has ended. */
  #ending(path: string | Buffer, released: Promise<void>): Promise<void> {
    const name = nameOf(path);
    const before = this.#endings.get(name);
    const all =
      before === undefined ? released : Promise.all([before, released]).then(() => undefined);
    this.#endings.set(name, all);
    void all.then(() => {
      if (this.#endings.get(name) === all) this.#endings.delete(name);
    });
    return released;
  }
}

async function openLockFile(
  path: string | Buffer,
  mode: FileLockMode,
  options: FileLockOptions,
): Promise<DiskFile> {
  const { disk, signal, create = false, createMode = 0o644 } = options;
  const access = mode === 'shared' && !create ? openFlags.O_RDONLY : openFlags.O_RDWR;
  if (!create) return await DiskFile.open(disk, path, access, { signal });
  for (;;) {
    try {
      return await DiskFile.open(disk, path, access, { signal });
    } catch (error) {
      if (mode === 'shared' && isErrorCode(error, 'EACCES')) {
        return await DiskFile.open(disk, path, openFlags.O_RDONLY, { signal });
      }
      if (!isErrorCode(error, 'ENOENT')) throw error;
    }
    try {
      return await newLockFile(disk, path, { createMode, signal });
    } catch (error) {
      if (!isErrorCode(error, 'EEXIST')) throw error;
    }
  }
}

async function newLockFile(
  disk: Disk,
  path: string | Buffer,
  how: { readonly createMode: number; readonly signal: AbortSignal | undefined },
): Promise<DiskFile> {
  const anew = openFlags.O_RDWR | openFlags.O_CREAT | openFlags.O_EXCL;
  const file = await DiskFile.open(disk, path, anew, { mode: how.createMode, signal: how.signal });
  try {
    await file.setMode(how.createMode);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Whether the path still leads to the open file. */
async function isFileAt(file: DiskFile, path: string | Buffer, disk: Disk): Promise<boolean> {
  const [open, there] = await Promise.all([file.status(), disk.status(path)]);
  return there !== undefined && there.ino === open.ino && there.dev === open.dev;
}

interface HeldFile {
  readonly path: string | Buffer;
  readonly mode: FileLockMode;
  readonly disk: Disk;
  readonly removeOnRelease?: boolean;
}

/** Any bytes, one character each. */
function nameOf(path: string | Buffer): string {
  return (typeof path === 'string' ? Buffer.from(path) : path).toString('latin1');
}

/** At once, where there is nothing to wait for. */
function after(done: Soon<unknown>, act: () => Promise<void>): Promise<void> {
  const ended = done instanceof Promise ? done.then(act, act) : act();
  return ended.catch(() => undefined);
}

function attempt(act: () => Soon<unknown>): Soon<unknown> {
  try {
    return act();
  } catch {
    // What could not be removed is left, and a lock that could not be taken away ends at the closing.
    return undefined;
  }
}

function describePath(path: string | Buffer): string {
  return typeof path === 'string' ? path : decodeText(path);
}
