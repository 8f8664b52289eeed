import type { CallOptions } from './call-bound.ts';
import type { ConflictingKind, LockKind } from './native/fcntl.ts';

/** What an awaited call gives, at once or later. */
export type Soon<T> = T | Promise<T>;

/** A path of any bytes. */
export type Path = string | Buffer;

/** What stands at a path. */
interface Standing {
  isFile(): boolean;
  isDirectory(): boolean;
}

/** What is known of a file, in numbers that lose nothing. */
export interface ExactStatus extends Standing {
  /** The device that it is on. */
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: bigint;
  /** How many names it has. */
  readonly nlink: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** When it was made. */
  readonly birthtimeNs: bigint;
}

/** What is known of a file. */
export interface FileStatus extends Standing {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  isSymbolicLink(): boolean;
}

/** How full a file system is, and what kind it is of, as statfs(2) has them. */
export interface DiskUsage {
  readonly type: bigint;
  readonly bsize: bigint;
  readonly bavail: bigint;
}

/** A name in a directory, and what stands there. */
export interface DirectoryEntry {
  readonly name: string;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** How a file is opened. */
export interface OpenOptions extends CallOptions {
  /** Of a file that is made; the umask narrows it. Default: 0666. */
  readonly mode?: number;
}

/** An open file. Whoever opened it closes it. */
export interface OpenFile {
  /** Writes some of the bytes at a position; how many. */
  write(bytes: Uint8Array, position: number): Soon<number>;
  /** Writes all of the bytes from a position on. */
  writeAll(bytes: Uint8Array, position: number): Promise<void>;
  /** Reads some bytes from a position on, at most as many as the buffer takes; 0 at the end. */
  read(buffer: Uint8Array, position: number): Soon<number>;
  /** All bytes of a file that had so many when it was looked at; fewer where it is shorter now. */
  readAll(lengthBytes: number): Promise<Uint8Array>;
  /** fstat(2). */
  status(): Soon<ExactStatus>;
  /** fchmod(2). */
  setMode(mode: number): Soon<void>;
  /** ftruncate(2). */
  truncate(lengthBytes: number): Promise<void>;
  /** fsync(2): contents and all that is known of the file are on the disk when it resolves. */
  sync(options?: CallOptions): Promise<void>;
  /** fdatasync(2): the contents are on the disk when it resolves, but times and the like may not be. */
  datasync(): Promise<void>;
  /**
   * Sets, changes or takes away the lock of this open file, without waiting for other holders; whether
   * it is set. Asked by {@link Locks} alone.
   */
  lock(kind: LockKind, options?: CallOptions): Soon<boolean>;
  /** The kind of a lock that an exclusive one would meet; `undefined` when there is none. */
  conflictingLock(): Soon<ConflictingKind | undefined>;
  /** Resolves when calls under way have ended and the file is closed. No more are taken. */
  close(): Promise<void>;
}

/**
 * The calls to the disk of a repository, all of them: whatever touches a repository's directory is handed
 * one of these, so that an imagined one can stand in its place. Each rejects, or throws where it answers
 * at once, with the error of the system call, its code as Node spells it; which call is made in which
 * thread, and which waits for which, is its own affair.
 */
export interface Disk {
  /** @param flags as of open(2), by `openFlags`. */
  open(path: Path, flags: number, options?: OpenOptions): Promise<OpenFile>;
  /** The status of what is at a path, links followed; `undefined` when nothing is. */
  status(path: Path): Soon<ExactStatus | undefined>;
  /** The status of what is at a path, a link itself; `undefined` when nothing is. */
  look(path: Path): Soon<FileStatus | undefined>;
  /** The status of a link itself, in numbers that lose nothing; `undefined` when nothing is there. */
  lookExactly(path: Path): Soon<ExactStatus | undefined>;
  /** The path without links. */
  realPath(path: string): Soon<string>;
  /** How full the file system is. */
  usage(path: Path): Soon<DiskUsage>;
  /** The names in a directory. */
  names(path: Path): Soon<Buffer[]>;
  /** Looks at what is in a directory, entry by entry, until `take` wants no more. */
  entries(path: string, take: (entry: DirectoryEntry) => boolean): Promise<void>;
  /** mkdir(2). */
  makeDirectory(path: Path, mode: number): Soon<void>;
  /** rmdir(2). */
  removeDirectory(path: Path): Soon<void>;
  /** chmod(2). */
  setMode(path: Path, mode: number): Soon<void>;
  /** rename(2). */
  rename(from: Path, to: Path): Soon<void>;
  /** Removes a file, if it is there. */
  remove(path: Path, options?: CallOptions): Soon<void>;
  /**
   * Resolves when it answers questions, or takes changes as well, and leaves it as it is.
   * @param directory one that belongs to the repository.
   */
  probe(directory: string, kind: 'question' | 'change'): Promise<void>;
}

/** The disks that a process works on. Whoever opens a repository is handed one of these. */
export interface Disks {
  /**
   * The disk that a directory is on.
   * @param mounts directories in it where another file system may be mounted.
   */
  at(directory: Path, mounts?: readonly Path[]): Disk;
  /**
   * The disk of a program which does one thing and can do nothing else meanwhile, wherever its files
   * are.
   */
  own(): Disk;
  /**
   * Stands for whatever disks a walk through directories comes to: one that hangs stops the walk, and
   * takes nothing of what others of the process need.
   * @param walk tells it from other walks.
   */
  apart(walk: string): Disk;
  /** Says that nothing goes on in this process anyway while the disk of a directory hangs. */
  declareVital(directory: Path): Promise<void>;
}
