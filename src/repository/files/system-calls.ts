import * as fs from 'node:fs';
import { promisify } from 'node:util';
import type { DirectoryEntry, DiskUsage, ExactStatus, FileStatus, Path } from './disk.ts';
import {
  conflictingLock,
  conflictingLockAside,
  setLock,
  setLockAside,
  type ConflictingKind,
  type LockKind,
} from './native/fcntl.ts';
import { isErrorCode } from '../../units/index.ts';

/** Flags of open(2). */
export const openFlags: typeof fs.constants = fs.constants;

/**
 * Calls to the system that look something up, or change something, and are over in microseconds where
 * the disk answers from memory.
 */
export interface BriefCalls {
  /** @param flags as of open(2). */
  open(path: Path, flags: number, mode: number): number;
  close(fd: number): void;
  read(fd: number, buffer: Uint8Array, position: number): number;
  write(fd: number, bytes: Uint8Array, position: number): number;
  fstat(fd: number): ExactStatus;
  fchmod(fd: number, mode: number): void;
  /** Of what a link leads to; `undefined` when nothing is there. */
  stat(path: Path): ExactStatus | undefined;
  /** Of a link itself; `undefined` when nothing is there. */
  lstat(path: Path): FileStatus | undefined;
  lstatExact(path: Path): ExactStatus | undefined;
  statfs(path: Path): DiskUsage;
  mkdir(path: Path, mode: number): void;
  chmod(path: Path, mode: number): void;
  rename(from: Path, to: Path): void;
  unlink(path: Path): void;
  rmdir(path: Path): void;
  /** The names in a directory, but for `.` and `..`. */
  readdir(path: Path): Buffer[];
  realpath(path: string): string;
}

/** Calls of a kind that is made in line, each made by another thread instead. */
type Aside<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends (...words: infer Words) => infer Result
    ? (...words: Words) => Promise<Result>
    : never;
};

/** Calls that wait for the disk by their nature, or are many. */
export interface LongCalls {
  /** Hands over the entries of a directory, however many, until `take` wants no more. */
  entries(path: string, take: (entry: DirectoryEntry) => boolean): Promise<void>;
  ftruncate(fd: number, lengthBytes: number): Promise<void>;
  fsync(fd: number): Promise<void>;
  fdatasync(fd: number): Promise<void>;
}

/**
 * Locks of open files. Those of a local file system are in the memory of this one: asking for one waits
 * for nothing, also when the disk is frozen. Those of another are its server's, who may not answer.
 */
export interface LockCalls {
  /** Whether the lock is set. */
  set(fd: number, kind: LockKind): boolean;
  /** The kind that an exclusive lock would meet. */
  conflicting(fd: number): ConflictingKind | undefined;
}

/**
 * Everything that is ever asked of a disk on which a repository is. All that touches a repository's
 * directory is handed one of these, so that another, a simulated one, can stand in its place.
 */
export interface SystemCalls {
  readonly inLine: BriefCalls;
  readonly aside: Aside<BriefCalls> & LongCalls;
  readonly locks: { readonly inLine: LockCalls; readonly aside: Aside<LockCalls> };
}

const exact = { bigint: true } as const;

const inLine: BriefCalls = {
  open: fs.openSync,
  close: fs.closeSync,
  read: (fd, buffer, position) => fs.readSync(fd, buffer, 0, buffer.length, position),
  write: (fd, bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
  fstat: (fd) => fs.fstatSync(fd, exact),
  fchmod: fs.fchmodSync,
  stat: (path) => orIfMissing(() => fs.statSync(path, { ...exact, throwIfNoEntry: false })),
  lstat: (path) => orIfMissing(() => fs.lstatSync(path, { throwIfNoEntry: false })),
  lstatExact: (path) => orIfMissing(() => fs.lstatSync(path, { ...exact, throwIfNoEntry: false })),
  statfs: (path) => fs.statfsSync(path, exact),
  mkdir: (path, mode) => {
    fs.mkdirSync(path, mode);
  },
  chmod: fs.chmodSync,
  rename: fs.renameSync,
  unlink: fs.unlinkSync,
  rmdir: (path) => fs.rmdirSync(path),
  readdir: (path) => fs.readdirSync(path, { encoding: 'buffer' }),
  realpath: (path) => fs.realpathSync.native(path),
};

const fstatAside = promisify(fs.fstat);

const aside: SystemCalls['aside'] = {
  open: promisify(fs.open),
  close: promisify(fs.close),
  read: (fd, buffer, position) =>
    counted((done) => fs.read(fd, buffer, 0, buffer.length, position, done)),
  write: (fd, bytes, position) =>
    counted((done) => fs.write(fd, bytes, 0, bytes.length, position, done)),
  fstat: (fd) => fstatAside(fd, exact),
  fchmod: promisify(fs.fchmod),
  stat: (path) => fs.promises.stat(path, exact).catch(absent),
  lstat: (path) => fs.promises.lstat(path).catch(absent),
  lstatExact: (path) => fs.promises.lstat(path, exact).catch(absent),
  statfs: (path) => fs.promises.statfs(path, exact),
  mkdir: async (path, mode) => {
    await fs.promises.mkdir(path, mode);
  },
  chmod: fs.promises.chmod,
  rename: fs.promises.rename,
  unlink: fs.promises.unlink,
  rmdir: (path) => fs.promises.rmdir(path),
  readdir: (path) => fs.promises.readdir(path, { encoding: 'buffer' }),
  // Not that of the promises, which goes from part to part in line.
  realpath: promisify(fs.realpath.native),
  entries: async (path, take) => {
    for await (const entry of await fs.promises.opendir(path)) if (!take(entry)) break;
  },
  ftruncate: promisify(fs.ftruncate),
  fsync: promisify(fs.fsync),
  fdatasync: promisify(fs.fdatasync),
};

function orIfMissing<T>(look: () => T | undefined): T | undefined {
  try {
    return look();
  } catch (error) {
    return absent(error);
  }
}

function absent(error: unknown): undefined {
  if (!isErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
}

function counted(
  call: (done: (error: Error | null, count: number) => void) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    call((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}

/** The system calls of this machine, made for real. */
export const systemCalls: SystemCalls = {
  inLine,
  aside,
  locks: {
    inLine: { set: setLock, conflicting: conflictingLock },
    aside: { set: setLockAside, conflicting: conflictingLockAside },
  },
};
