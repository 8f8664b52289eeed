import { closeSync, constants, fchmodSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeText } from '../../units/index.ts';
import type { Disk } from './disk.ts';
import { isErrorCode } from './error-code.ts';
import { conflictingLock, setLock } from './fcntl.ts';

/** Shared locks go together; an exclusive one stands alone. */
export type FileLockMode = 'shared' | 'exclusive';

/** How to lock a file. */
export interface FileLockOptions {
  /** Make the file when it is missing (its directory must exist). Default: false. */
  readonly create?: boolean;
  /** Mode of a file made here, whatever the umask. Default: 0644, as git-annex makes them. */
  readonly createMode?: number;
  /**
   * Remove the file while it is still locked, as git-annex does with transfer locks. Default:
   * false.
   */
  readonly removeOnRelease?: boolean;
}

/** How to lock a file, and how long to wait for it. */
export interface FileLockWaitOptions extends FileLockOptions {
  /** How long to wait for other holders. 0 tries once. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * The disk that the file is on. One that is not vital is left to other threads, also when the lock
   * is released. Default: everything is done in line.
   */
  readonly disk?: Disk | undefined;
}

/** A held lock on a whole file. It ends with `release`, or with the process. */
export interface FileLock {
  readonly path: string | Buffer;
  readonly mode: FileLockMode;
  /** Ends the lock; later calls do nothing. The file stays, unless it is to be removed. */
  release(): void;
  /** After a release that is left to another thread: resolves when it is done. Else undefined. */
  readonly released?: Promise<void> | undefined;
}

/** Someone else kept a lock for longer than the caller would wait. */
export class FileLockTimeoutError extends Error {
  override readonly name = 'FileLockTimeoutError';
  readonly code = 'FILE_LOCK_TIMEOUT';
  readonly retryable = true;
  readonly path: string | Buffer;

  constructor(path: string | Buffer, timeoutMs: number) {
    super(
      `${describePath(path)} stayed locked for ${timeoutMs} ms; ` +
        'wait for the git-annex or ballast process that holds it (lslocks shows its number), or end it',
    );
    this.path = path;
  }
}

const pollMsMin = 1;
/** Polling, since a waiting fcntl would keep one of the few threads that serve all file access. */
const pollMsMax = 50;

/**
 * Locks a file against other processes and against other callers in this one, as git-annex does
 * (spec/git-annex-branch.md sections 2.2 and 3.5). Waits by polling every 1 to 50 ms.
 * @throws FileLockTimeoutError after `timeoutMs`; the signal's reason when aborted; ENOENT when the
 * file is missing and `create` is not set; FileLocksUnsupportedError.
 */
export async function lockFile(
  path: string | Buffer,
  mode: FileLockMode,
  options: FileLockWaitOptions,
): Promise<FileLock> {
  const deadline = performance.now() + options.timeoutMs;
  for (let pauseMs = pollMsMin; ; pauseMs = Math.min(pauseMs * 2, pollMsMax)) {
    options.signal?.throwIfAborted();
    const isAside = options.disk?.isVital === false;
    const lock = isAside
      ? await tryLockAside(path, mode, options)
      : tryLockFile(path, mode, options);
    if (lock !== undefined) return lock;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw new FileLockTimeoutError(path, options.timeoutMs);
    await pause(Math.min(pauseMs, leftMs), options.signal);
  }
}

/**
 * Locks a file when nobody is in the way, else `undefined`. Does not wait, so it suits the middle
 * of a synchronous turn. Cost: five system calls.
 * @throws ENOENT when the file is missing and `create` is not set; FileLocksUnsupportedError.
 */
export function tryLockFile(
  path: string | Buffer,
  mode: FileLockMode,
  options: FileLockOptions = {},
): FileLock | undefined {
  for (;;) {
    const fd = openLockFile(path, mode, options);
    let kept = false;
    try {
      if (!setLock(fd, mode)) return undefined;
      kept = isFileAt(fd, path);
      if (kept)
        return heldLock(fd, { path, mode, removeOnRelease: options.removeOnRelease === true });
    } finally {
      if (!kept) closeSync(fd);
    }
    // Whoever held the lock unlinked the file meanwhile: what was locked is not what is there.
  }
}

/** Likewise, with all that may wait for the disk in other threads. */
async function tryLockAside(
  path: string | Buffer,
  mode: FileLockMode,
  options: FileLockOptions,
): Promise<FileLock | undefined> {
  for (;;) {
    const file = await openLockFileAside(path, mode, options);
    let kept = false;
    try {
      if (!setLock(file.fd, mode)) return undefined;
      const [held, there] = await Promise.all([
        file.stat({ bigint: true }),
        stat(path, { bigint: true }).catch(ifMissing),
      ]);
      kept = there !== undefined && there.ino === held.ino && there.dev === held.dev;
      if (kept) return lockHeldAside(file, { path, mode, isRemoved: options.removeOnRelease });
    } finally {
      if (!kept) await file.close();
    }
  }
}

/** What cannot be looked at may well be there: to try again would have no end. */
function ifMissing(error: unknown): undefined {
  if (!isErrorCode(error, 'ENOENT')) throw error;
}

async function openLockFileAside(
  path: string | Buffer,
  mode: FileLockMode,
  options: FileLockOptions,
): Promise<FileHandle> {
  const isMade = options.create === true;
  const access = mode === 'shared' && !isMade ? constants.O_RDONLY : constants.O_RDWR;
  if (!isMade) return await open(path, access);
  const createMode = options.createMode ?? 0o644;
  for (;;) {
    try {
      return await open(path, access);
    } catch (error) {
      if (mode === 'shared' && isErrorCode(error, 'EACCES')) {
        return await open(path, constants.O_RDONLY);
      }
      if (!isErrorCode(error, 'ENOENT')) throw error;
    }
    try {
      const file = await open(path, access | constants.O_CREAT | constants.O_EXCL, createMode);
      await file.chmod(createMode);
      return file;
    } catch (error) {
      if (!isErrorCode(error, 'EEXIST')) throw error;
    }
  }
}

function lockHeldAside(
  file: FileHandle,
  held: {
    readonly path: string | Buffer;
    readonly mode: FileLockMode;
    readonly isRemoved: boolean | undefined;
  },
): FileLock {
  const { path, mode } = held;
  let released: Promise<void> | undefined;
  const letGo = async (): Promise<void> => {
    try {
      if (held.isRemoved === true) await rm(path, { force: true });
    } finally {
      setLock(file.fd, 'none');
      await file.close();
    }
  };
  return {
    path,
    mode,
    release(): void {
      // The lock ends with the descriptor, also when the file cannot be removed.
      released ??= letGo().catch(() => undefined);
    },
    get released(): Promise<void> | undefined {
      return released;
    },
  };
}

/**
 * The kind of lock that keeps others from locking the file exclusively, or undefined when nothing
 * does or the file is missing. What holds for this process' own locks holds here too.
 */
export function lockConflict(path: string | Buffer): FileLockMode | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    return conflictingLock(fd);
  } finally {
    closeSync(fd);
  }
}

function openLockFile(path: string | Buffer, mode: FileLockMode, options: FileLockOptions): number {
  const access =
    mode === 'shared' && options.create !== true ? constants.O_RDONLY : constants.O_RDWR;
  if (options.create !== true) return openSync(path, access);
  const createMode = options.createMode ?? 0o644;
  for (;;) {
    try {
      return openSync(path, access);
    } catch (error) {
      if (mode === 'shared' && isErrorCode(error, 'EACCES'))
        return openSync(path, constants.O_RDONLY);
      if (!isErrorCode(error, 'ENOENT')) throw error;
    }
    try {
      const fd = openSync(path, access | constants.O_CREAT | constants.O_EXCL, createMode);
      fchmodSync(fd, createMode);
      return fd;
    } catch (error) {
      if (!isErrorCode(error, 'EEXIST')) throw error;
    }
  }
}

/** Whether the path still leads to the open file. */
function isFileAt(fd: number, path: string | Buffer): boolean {
  const open = fstatSync(fd, { bigint: true });
  const there = statSync(path, { bigint: true, throwIfNoEntry: false });
  return there !== undefined && there.ino === open.ino && there.dev === open.dev;
}

interface HeldFile {
  readonly path: string | Buffer;
  readonly mode: FileLockMode;
  readonly removeOnRelease: boolean;
}

function heldLock(fd: number, { path, mode, removeOnRelease }: HeldFile): FileLock {
  let isHeld = true;
  return {
    path,
    mode,
    release(): void {
      if (!isHeld) return;
      isHeld = false;
      try {
        if (removeOnRelease) rmSync(path, { force: true });
        // Closing alone would leave the lock to a child forked at this moment, until it has
        // exec'ed.
        setLock(fd, 'none');
      } finally {
        closeSync(fd);
      }
    },
  };
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function describePath(path: string | Buffer): string {
  return typeof path === 'string' ? path : decodeText(path);
}
