import type { Disk } from './disk.ts';

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
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
}

/** How to lock a file, and how long to wait for it. */
export interface FileLockWaitOptions extends FileLockOptions {
  /** How long to wait for other holders. 0 tries once. */
  readonly timeoutMs: number;
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

/**
 * Record locks on whole files, which other processes of the machine see, git-annex's too
 * (spec/git-annex-branch.md sections 2.2 and 3.5). They hold against other callers in this process as
 * well, and end with it.
 */
export interface Locks {
  /**
   * Locks a file, and waits for those in the way.
   * @throws FILE_LOCK_TIMEOUT after `timeoutMs`; the signal's reason when aborted; ENOENT when the
   * file is missing and `create` is not set; FileLocksUnsupportedError.
   */
  lock(path: string | Buffer, mode: FileLockMode, options: FileLockWaitOptions): Promise<FileLock>;
  /**
   * Locks a file when nobody is in the way, else `undefined`. Waits for nobody, but for the disk.
   * @throws ENOENT when the file is missing and `create` is not set; FileLocksUnsupportedError.
   */
  tryLock(
    path: string | Buffer,
    mode: FileLockMode,
    options: FileLockOptions,
  ): Promise<FileLock | undefined>;
  /**
   * What an exclusive lock on a file would meet; `undefined` for nothing.
   * @throws ENOENT when the file is missing; FileLocksUnsupportedError.
   */
  conflicting(path: string | Buffer, disk: Disk): Promise<FileLockMode | undefined>;
}
