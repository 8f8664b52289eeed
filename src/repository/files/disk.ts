import {
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  type BigIntStats,
  type BigIntStatsFs,
  type Stats,
} from 'node:fs';
import { chmod, lstat, mkdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { isErrorCode } from './error-code.ts';

/**
 * File systems of disks in this machine, by the number that statfs(2) gives. One over a network, or
 * one made by a program, may leave a question without an answer for ever.
 */
const localTypes: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
]);

/** A call that took longer was not answered from memory, milliseconds. */
const quickMsMax = 2;

/** After a slow answer so many calls are made aside, before one is tried in line again. */
const callsAside = 200;

/** What an awaited call gives, at once or later. */
export type Soon<T> = T | Promise<T>;

/**
 * Short calls to a disk, made in line as long as it answers them from memory: a system call of 3
 * microseconds costs ten times as much by way of another thread. When one was slow, the next ones are
 * made aside, so that a disk that seeks, or is busy with a sync, holds up nobody for more than one
 * call. What waits for the disk by its nature, a sync above all, is always made aside.
 */
export class Disk {
  readonly #directory: string | Buffer;
  readonly #mounts: readonly Buffer[];
  #isLocal: boolean | undefined;
  #leftAside = 0;

  /**
   * @param directory one on the file system that the calls are about.
   * @param mounts directories in it where another file system may be mounted.
   */
  constructor(directory: string | Buffer, mounts: readonly Buffer[] = []) {
    this.#directory = directory;
    this.#mounts = mounts;
  }

  /**
   * Makes a call in one of two ways that do the same.
   * @param inLine takes a system call or two.
   */
  ask<T>(inLine: () => T, aside: () => Promise<T>): Soon<T> {
    if (this.#isLocal === undefined) {
      this.#isLocal = false;
      void this.#look();
    }
    if (!this.#isLocal) return aside();
    if (this.#leftAside > 0) {
      this.#leftAside -= 1;
      return aside();
    }
    const startMs = performance.now();
    try {
      return inLine();
    } finally {
      if (performance.now() - startMs > quickMsMax) this.#leftAside = callsAside;
    }
  }

  /** The status of what is at a path, links followed; `undefined` when nothing is. */
  status(path: string | Buffer): Soon<BigIntStats | undefined> {
    return this.ask(
      () => orIfMissing(() => statSync(path, { bigint: true, throwIfNoEntry: false })),
      () => orUndefined(stat(path, { bigint: true })),
    );
  }

  /** Likewise, of a link itself. */
  look(path: Buffer): Soon<Stats | undefined> {
    return this.ask(
      () => orIfMissing(() => lstatSync(path, { throwIfNoEntry: false })),
      () => orUndefined(lstat(path)),
    );
  }

  /** How full the file system is. */
  usage(path: Buffer): Soon<BigIntStatsFs> {
    return this.ask(
      () => statfsSync(path, { bigint: true }),
      () => statfs(path, { bigint: true }),
    );
  }

  /** mkdir(2). */
  makeDirectory(path: Buffer, mode: number): Soon<void> {
    return this.ask(
      () => mkdirSync(path, mode),
      () => mkdir(path, mode),
    );
  }

  /** chmod(2). */
  setMode(path: Buffer, mode: number): Soon<void> {
    return this.ask(
      () => chmodSync(path, mode),
      () => chmod(path, mode),
    );
  }

  /** rename(2). */
  rename(from: Buffer, to: Buffer): Soon<void> {
    return this.ask(
      () => renameSync(from, to),
      () => rename(from, to),
    );
  }

  /** Removes a file, if it is there. */
  remove(path: Buffer): Soon<void> {
    return this.ask(
      () => rmSync(path, { force: true }),
      () => rm(path, { force: true }),
    );
  }

  async #look(): Promise<void> {
    try {
      const isLocal = localTypes.has((await statfs(this.#directory)).type);
      const mounted = await Promise.all(this.#mounts.map((mount) => orUndefined(statfs(mount))));
      const areLocal = mounted.every((there) => there === undefined || localTypes.has(there.type));
      this.#isLocal = isLocal && areLocal;
    } catch {
      // Not there yet: found out at a later call.
      this.#isLocal = undefined;
    }
  }
}

function orIfMissing<T>(look: () => T | undefined): T | undefined {
  try {
    return look();
  } catch (error) {
    return absent(error);
  }
}

function orUndefined<T>(looked: Promise<T>): Promise<T | undefined> {
  return looked.catch(absent);
}

function absent(error: unknown): undefined {
  if (!isErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
}
