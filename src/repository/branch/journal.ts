import { decodeText, encodeText, isErrorCode } from '../../units/index.ts';
import {
  isMadeAsAsked,
  makeDirectory,
  makeDirectoryDurably,
  whenDurable,
} from '../files/directories.ts';
import { fsyncDirectory } from '../files/durable.ts';
import type { FileLock } from '../files/locks.ts';
import type { System } from '../system.ts';
import type { Disk, ExactStatus } from '../files/disk.ts';
import type { OpenFile } from '../files/disk.ts';
import { openFlags } from '../files/system-calls.ts';
import { journalName, journalPath } from './journal-name.ts';
import type { AnnexModes } from '../files/annex-modes.ts';

/** How long to wait for a git-annex that commits a large journal. */
const journalLockTimeoutMs: number = 60_000;

/** How long the lock stays free between two holds, for processes that wait for it. */
const pauseMs = 1;

/** Files written, read or synced at once. */
const filesAtOnceMax = 16;

/** Largest journal file that is read; the logs of one key are kilobytes. */
const journalFileBytesMax = 64 * 1024 * 1024;

/** A file of the journal as it was at one moment. */
export interface JournalFile {
  readonly path: string;
  readonly text: string;
  /** Tells whether the file has been replaced since: every change is a new file. */
  readonly identity: string;
}

/** A branch file and its whole new content. */
export interface JournalWrite {
  readonly path: string;
  readonly text: string;
}

/**
 * The journal of a repository: changes to the git-annex branch that are durable and not committed
 * yet (spec/git-annex-branch.md section 3.5). Whoever writes or removes holds the lock.
 */
export class Journal {
  readonly #annexDirectory: Buffer;
  readonly #directory: Buffer;
  readonly #temporary: Buffer;

  readonly #modes: AnnexModes;
  readonly #disk: Disk;
  readonly #system: Pick<System, 'clock' | 'locks'>;
  /** Ends when the last caller who asked for the lock has released it. */
  #turn: Promise<void> = Promise.resolve();

  /** @param annexDirectory `.git/annex`, or `annex` of a bare repository. */
  constructor(
    annexDirectory: string,
    place: {
      readonly modes: AnnexModes;
      readonly disk: Disk;
      readonly system: Pick<System, 'clock' | 'locks'>;
    },
  ) {
    this.#modes = place.modes;
    this.#disk = place.disk;
    this.#system = place.system;
    this.#annexDirectory = Buffer.from(annexDirectory);
    this.#directory = Buffer.from(`${annexDirectory}/journal`);
    this.#temporary = Buffer.from(`${annexDirectory}/othertmp`);
  }

  /**
   * Takes the journal lock, which git-annex takes for each change and commit. Callers of this
   * process get it in the order of asking, and between two of them other processes have their turn.
   * @throws FILE_LOCK_TIMEOUT after {@link journalLockTimeoutMs} of waiting for others.
   */
  async lock(signal?: AbortSignal): Promise<FileLock> {
    const before = this.#turn;
    let next = (): void => undefined;
    this.#turn = new Promise((resolve) => {
      next = resolve;
    });
    await before;
    try {
      const lock = await this.#lock('journal.lck', 'exclusive', signal);
      const release = (): void => {
        lock.release();
        this.#system.clock.after(pauseMs, next);
      };
      return { path: lock.path, mode: lock.mode, release };
    } catch (error) {
      next();
      throw error;
    }
  }

  /** The branch files that have an entry, sorted by the bytes of their names. */
  async paths(): Promise<string[]> {
    const names = await orIfMissing(async () => await this.#disk.names(this.#directory), []);
    names.sort((a, b) => Buffer.compare(a, b));
    return names.map((name) => journalPath(decodeText(name)));
  }

  /** The entry of a branch file; `undefined` when there is none, or no file name can be that long. */
  async read(path: string): Promise<JournalFile | undefined> {
    if (path.includes('\0')) return undefined;
    const open = (): Promise<OpenFile> =>
      // A pipe, too, answers at once.
      this.#disk.open(this.#file(path), openFlags.O_RDONLY | openFlags.O_NONBLOCK);
    const file = await orIfMissing(open, undefined);
    if (file === undefined) return undefined;
    try {
      const status = await file.status();
      if (!status.isFile()) throw new Error(`${path} in the journal is no file`);
      if (status.size > journalFileBytesMax)
        throw new RangeError(`${path} in the journal is too large`);
      const text = decodeText(await file.readAll(Number(status.size)));
      return { path, text, identity: identityOf(status) };
    } finally {
      await file.close();
    }
  }

  /** The identity of an entry without its text; `undefined` when there is none. */
  async identity(path: string): Promise<string | undefined> {
    if (path.includes('\0')) return undefined;
    const look = async (): Promise<ExactStatus | undefined> =>
      await this.#disk.status(this.#file(path));
    const status = await orIfMissing(look, undefined);
    return status === undefined ? undefined : identityOf(status);
  }

  /**
   * Changes when an entry is added, replaced or removed. Time stamps of directories move in steps of
   * some milliseconds, so one that is that fresh is never the same twice.
   */
  async version(): Promise<string> {
    const status = await this.#disk.status(this.#directory);
    if (status === undefined) return 'none';
    const isFresh = BigInt(this.#system.clock.wallMs()) * 1_000_000n - status.mtimeNs < freshNs;
    return `${status.ino}.${status.mtimeNs}${isFresh ? `.${this.#system.clock.uuid()}` : ''}`;
  }

  /**
   * Writes entries and makes them durable with one sync of the directory. Each promise of the result
   * belongs to the write at its place, so that a name that is too long spoils no other.
   * Hold the lock.
   */
  async write(writes: readonly JournalWrite[]): Promise<PromiseSettledResult<void>[]> {
    await makeDirectoryDurably(this.#directory, this.#modes.directory, this.#disk);
    // git-annex empties othertmp/ whenever nobody holds this lock.
    const lock = await this.#lock('othertmp.lck', 'shared');
    try {
      await makeDirectory(this.#temporary, this.#modes.directory, this.#disk);
      const results = await settleAll(writes, (write) => this.#writeOne(write));
      await fsyncDirectory(this.#directory, this.#disk);
      return results;
    } finally {
      lock.release();
    }
  }

  /** Removes the entries that are still the same files; the others stay. Hold the lock. */
  async remove(files: readonly Pick<JournalFile, 'path' | 'identity'>[]): Promise<void> {
    const results = await settleAll(files, async ({ path, identity }) => {
      if ((await this.identity(path)) === identity) await this.#disk.remove(this.#file(path));
    });
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async #writeOne({ path, text }: JournalWrite): Promise<void> {
    const temporary = Buffer.concat([
      this.#temporary,
      Buffer.from(`/ballast-${this.#system.clock.uuid()}`),
    ]);
    try {
      const file = await this.#disk.open(temporary, newFile, {
        mode: this.#modes.file,
      });
      try {
        if (!isMadeAsAsked(this.#modes.file)) await file.setMode(this.#modes.file);
        await file.writeAll(encodeText(text), 0);
        await file.datasync();
      } finally {
        await file.close();
      }
      await this.#disk.rename(temporary, this.#file(path));
    } catch (error) {
      await this.#disk.remove(temporary);
      throw error;
    }
  }

  #file(path: string): Buffer {
    return Buffer.concat([this.#directory, Buffer.from('/'), encodeText(journalName(path))]);
  }

  async #lock(name: string, mode: 'shared' | 'exclusive', signal?: AbortSignal): Promise<FileLock> {
    const path = Buffer.concat([this.#annexDirectory, Buffer.from(`/${name}`)]);
    const lock = (): Promise<FileLock> =>
      this.#system.locks.lock(path, mode, {
        disk: this.#disk,
        timeoutMs: journalLockTimeoutMs,
        create: true,
        createMode: this.#modes.file,
        signal,
      });
    await whenDurable(this.#annexDirectory);
    try {
      return await lock();
    } catch (error) {
      if (!isErrorCode(error, 'ENOENT')) throw error;
    }
    await makeDirectoryDurably(this.#annexDirectory, this.#modes.directory, this.#disk);
    return await lock();
  }
}

const newFile = openFlags.O_WRONLY | openFlags.O_CREAT | openFlags.O_EXCL;

/** Steps of file time stamps are at most this long. */
const freshNs = 50_000_000n;

function identityOf(status: ExactStatus): string {
  return `${status.ino}.${status.mtimeNs}.${status.ctimeNs}.${status.size}`;
}

async function orIfMissing<T, Other>(attempt: () => Promise<T>, other: Other): Promise<T | Other> {
  try {
    return await attempt();
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENAMETOOLONG', 'ENOTDIR')) return other;
    throw error;
  }
}

/** Does something for each item, some at a time; the results stand in the order of the items. */
async function settleAll<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<PromiseSettledResult<void>[]> {
  const results: PromiseSettledResult<void>[] = [];
  for (let start = 0; start < items.length; start += filesAtOnceMax) {
    const some = items.slice(start, start + filesAtOnceMax);
    results.push(...(await Promise.allSettled(some.map((item) => work(item)))));
  }
  return results;
}
