import { setTimeout as sleep } from 'node:timers/promises';
import { decodeText, isErrorCode, BallastError } from '../../units/index.ts';
import type { Disk, Soon } from './disk.ts';
import { DiskFile } from './disk-file.ts';
import { openFlags } from './system-calls.ts';

/** Shared locks go together; an exclusive one stands alone. */
export type FileLockMode = 'shared' | 'exclusive';

/** How to lock a file. */
export interface FileLockOptions {
  /** The disk that the file is on. */
  readonly disk: Disk;
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
}

/** A held lock on a whole file. It ends with `release`, or with the process. */
export interface FileLock {
  readonly path: string | Buffer;
  readonly mode: FileLockMode;
  /** Ends the lock; later calls do nothing. The file stays, unless it is to be removed. */
  release(): void;
  /** After a release: resolves when the file is closed, and removed if it is to be. */
  readonly released?: Promise<void> | undefined;
}

/** Someone else kept a lock for longer than the caller would wait. */
export function fileLockTimeout(path: string | Buffer, timeoutMs: number): BallastError {
  return new BallastError(
    'FILE_LOCK_TIMEOUT',
    `${describePath(path)} stayed locked for ${timeoutMs} ms; ` +
      'wait for the git-annex or ballast process that holds it (lslocks shows its number), or end it',
    { isRetryable: true },
  );
}

/** Locks that are being released, by path: where that takes a while, whoever comes next waits for it. */
const endings = new Map<string, Promise<void>>();

const pollMsMin = 1;
/** Polling, since a waiting fcntl would keep one of the few threads that serve all file access. */
const pollMsMax = 50;

/**
 * Locks a file against other processes and against other callers in this one, as git-annex does
 * (spec/git-annex-branch.md sections 2.2 and 3.5). Waits by polling every 1 to 50 ms.
 * @throws FILE_LOCK_TIMEOUT after `timeoutMs`; the signal's reason when aborted; ENOENT when the
 * file is missing and `create` is not set; FILE_LOCKS_UNSUPPORTED.
 */
export async function lockFile(
  path: string | Buffer,
  mode: FileLockMode,
  options: FileLockWaitOptions,
): Promise<FileLock> {
  const deadline = performance.now() + options.timeoutMs;
  for (let pauseMs = pollMsMin; ; pauseMs = Math.min(pauseMs * 2, pollMsMax)) {
    options.signal?.throwIfAborted();
    const lock = await tryLockFile(path, mode, options);
    if (lock !== undefined) return lock;
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw fileLockTimeout(path, options.timeoutMs);
    await pause(Math.min(pauseMs, leftMs), options.signal);
  }
}

/**
 * Locks a file when nobody is in the way, else `undefined`. Waits for nobody, but for the disk. Cost:
 * five system calls.
 * @throws ENOENT when the file is missing and `create` is not set; FILE_LOCKS_UNSUPPORTED.
 */
export async function tryLockFile(
  path: string | Buffer,
  mode: FileLockMode,
  options: FileLockOptions & { readonly signal?: AbortSignal | undefined },
): Promise<FileLock | undefined> {
  for (;;) {
    await endings.get(nameOf(path));
    const file = await openLockFile(path, mode, options);
    let kept = false;
    try {
      if (!(await file.lock(mode, { signal: options.signal }))) return undefined;
      kept = await isFileAt(file, path, options.disk);
      if (kept) return heldLock(file, { ...options, path, mode });
    } finally {
      if (!kept) await file.close();
    }
    // Whoever held the lock unlinked the file meanwhile: what was locked is not what is there.
  }
}

async function openLockFile(
  path: string | Buffer,
  mode: FileLockMode,
  options: FileLockOptions & { readonly signal?: AbortSignal | undefined },
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

function heldLock(file: DiskFile, held: HeldFile): FileLock {
  const { path, mode, disk, removeOnRelease = false } = held;
  let released: Promise<void> | undefined;
  const close = (): Promise<void> => file.close();
  const unlock = (): Promise<void> => {
    // Closing alone would leave the lock to a child forked at this moment, until it has exec'ed.
    const unlocked = attempt(() => file.lock('none'));
    return ending(path, after(unlocked, close));
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
function ending(path: string | Buffer, released: Promise<void>): Promise<void> {
  const name = nameOf(path);
  const before = endings.get(name);
  const all =
    before === undefined ? released : Promise.all([before, released]).then(() => undefined);
  endings.set(name, all);
  void all.then(() => {
    if (endings.get(name) === all) endings.delete(name);
  });
  return released;
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
