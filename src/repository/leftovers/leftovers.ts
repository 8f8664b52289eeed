import type { AnnexModes } from '../files/annex-modes.ts';
import type { Disk } from '../files/disk.ts';
import type { System } from '../system.ts';
import type { FileStatus } from '../files/system-calls.ts';
import { isAbandoned, seenMachine } from './abandoned.ts';
import { isErrorCode } from '../../units/index.ts';

/** How old a file of a killed git must be, milliseconds: what git works on grows all the time. */
const gitFileAgeMs = 60 * 60_000;

/** How long the report of a fast-import that died is kept for whoever looks for the cause. */
const reportAgeMs = 24 * 60 * 60_000;

/** How old the lock file of a transfer must be, milliseconds; its holder keeps it locked anyway. */
const transferLockAgeMs = 10 * 60_000;

/** What git names files and directories that are not whole yet, and removes when it ends by itself. */
const gitTemporary =
  /^(?:tmp_(?:pack|idx|rev|mtimes|keep|bitmap|obj|objdir|midx)|\.tmp-|incoming-)/;

/** Directories in which git makes them, below the git directory. */
const gitDirectories: readonly string[] = [
  'objects',
  'objects/pack',
  ...Array.from({ length: 256 }, (_, n) => `objects/${n.toString(16).padStart(2, '0')}`),
];

/**
 * Clears what killed processes left in a repository: git's unfinished packs and objects, ballast's
 * temporary files, lock files of transfers. Never what somebody is at work on: such files are locked,
 * young, or may be held by a process that lives.
 */
export class Leftovers {
  readonly #gitDirectory: string;
  readonly #modes: AnnexModes;
  readonly #disk: Disk;
  readonly #system: Pick<System, 'clock' | 'locks' | 'processes'>;
  /** When each of git's files was seen first, seconds since the machine started. */
  #seen: ReadonlyMap<string, number> = new Map();

  /** @param place.disk the one that the git directory is on. */
  constructor(place: {
    readonly gitDirectory: string;
    readonly modes: AnnexModes;
    readonly disk: Disk;
    readonly system: Pick<System, 'clock' | 'locks' | 'processes'>;
  }) {
    this.#gitDirectory = place.gitDirectory;
    this.#modes = place.modes;
    this.#disk = place.disk;
    this.#system = place.system;
  }

  /**
   * Looks once. What git left goes at the earliest when it is seen for the second time.
   * @returns how many files and directories were removed.
   */
  async clear(nowMs: number = this.#system.clock.wallMs()): Promise<number> {
    return (
      (await this.#clearTemporary()) +
      (await this.#clearTransferLocks(nowMs)) +
      (await this.#clearReports(nowMs)) +
      (await this.#clearGit(nowMs))
    );
  }

  /** `annex/othertmp`: whoever works there holds the lock, shared. Others' files are git-annex's to clear. */
  async #clearTemporary(): Promise<number> {
    const directory = `${this.#gitDirectory}/annex/othertmp`;
    const names = (await this.#namesIn(directory)).filter((name) => name.startsWith('ballast-'));
    if (names.length === 0) return 0;
    const lock = await this.#system.locks.tryLock(
      `${this.#gitDirectory}/annex/othertmp.lck`,
      'exclusive',
      {
        disk: this.#disk,
        create: true,
        createMode: this.#modes.file,
      },
    );
    if (lock === undefined) return 0;
    try {
      for (const name of names) await this.#disk.remove(`${directory}/${name}`);
      return names.length;
    } finally {
      lock.release();
    }
  }

  async #clearTransferLocks(nowMs: number): Promise<number> {
    const directory = `${this.#gitDirectory}/annex/transfer/download/lck`;
    let cleared = 0;
    for (const name of await this.#bytesOfNamesIn(directory)) {
      const path = Buffer.concat([Buffer.from(`${directory}/`), name]);
      const status = await this.#disk.look(path);
      if (status === undefined || nowMs - status.mtimeMs < transferLockAgeMs) continue;
      if (await this.#removedUnlessLocked(path)) cleared += 1;
    }
    return cleared;
  }

  async #clearReports(nowMs: number): Promise<number> {
    let cleared = 0;
    for (const name of await this.#namesIn(this.#gitDirectory)) {
      if (!name.startsWith('fast_import_crash_')) continue;
      const path = `${this.#gitDirectory}/${name}`;
      const status = await this.#disk.look(path);
      if (status === undefined || nowMs - status.mtimeMs < reportAgeMs) continue;
      await this.#disk.remove(path);
      cleared += 1;
    }
    return cleared;
  }

  async #clearGit(nowMs: number): Promise<number> {
    const seen = new Map<string, number>();
    const old: { readonly path: string; readonly status: FileStatus }[] = [];
    for (const directory of gitDirectories) {
      for (const name of await this.#namesIn(`${this.#gitDirectory}/${directory}`)) {
        if (!gitTemporary.test(name)) continue;
        const path = `${this.#gitDirectory}/${directory}/${name}`;
        const status = await this.#disk.look(path);
        if (status === undefined) continue;
        const before = this.#seen.get(path);
        seen.set(path, before ?? this.#system.processes.uptimeSeconds());
        if (before !== undefined && nowMs - status.mtimeMs >= gitFileAgeMs) {
          old.push({ path, status });
        }
      }
    }
    if (old.length === 0) {
      this.#seen = seen;
      return 0;
    }
    const machine = await seenMachine(this.#system);
    let cleared = 0;
    for (const { path, status } of old) {
      const pathEnd = path.slice(path.lastIndexOf('/'));
      const seenSeconds = seen.get(path) ?? 0;
      if (!isAbandoned({ pathEnd, status, seenSeconds }, machine)) continue;
      await this.#removeAll(path);
      seen.delete(path);
      cleared += 1;
    }
    this.#seen = seen;
    return cleared;
  }

  /** The lock of a transfer that nobody holds; removed while it is locked, as git-annex does it. */
  async #removedUnlessLocked(path: Buffer): Promise<boolean> {
    try {
      const disk = this.#disk;
      const lock = await this.#system.locks.tryLock(path, 'exclusive', {
        disk,
        removeOnRelease: true,
      });
      lock?.release();
      await lock?.released;
      return lock !== undefined;
    } catch (error) {
      if (isErrorCode(error, 'ENOENT', 'EACCES', 'EISDIR')) return false;
      throw error;
    }
  }

  /** A file, or a directory with all that is in it. */
  async #removeAll(path: string): Promise<void> {
    const status = await this.#disk.look(path);
    if (status?.isDirectory() !== true) return await this.#disk.remove(path);
    for (const name of await this.#namesIn(path)) await this.#removeAll(`${path}/${name}`);
    await this.#disk.removeDirectory(path);
  }

  async #namesIn(directory: string): Promise<string[]> {
    return (await this.#bytesOfNamesIn(directory)).map((name) => name.toString());
  }

  async #bytesOfNamesIn(directory: string): Promise<Buffer[]> {
    try {
      return await this.#disk.names(directory);
    } catch (error) {
      if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
      throw error;
    }
  }
}
