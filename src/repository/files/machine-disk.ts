import { assertMayBegin, type CallBound, type CallKind, type CallOptions } from './call-bound.ts';
import type { DiskCalls } from './disk-calls.ts';
import type {
  DirectoryEntry,
  Disk,
  DiskUsage,
  ExactStatus,
  FileStatus,
  OpenFile,
  OpenOptions,
  Path,
  Soon,
} from './disk.ts';
import { DiskFile } from './disk-file.ts';
import { probeDisk } from './probe-disk.ts';
import type { SystemCalls } from './system-calls.ts';
import { isErrorCode } from '../../units/index.ts';

/**
 * File systems of disks in this machine, by the number that statfs(2) gives. One over a network, or
 * one made by a program, may leave a question without an answer for ever.
 */
export const localTypes: ReadonlySet<number> = new Set([
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

/** What a disk has in common with the others of its process. */
export interface DiskParts {
  readonly calls: SystemCalls;
  nowMs(): number;
  /** What calls to a device go through; or those to some directory, while its device is not known. */
  bound(name: string, isDevice: boolean): CallBound;
  isVital(device: bigint): boolean;
}

/** A directory and what may be mounted in it, a walk through many, or the files of one program. */
export type DiskPlace =
  | { readonly kind: 'directory'; readonly directory: Path; readonly mounts: readonly Path[] }
  | { readonly kind: 'walk'; readonly walk: string }
  | { readonly kind: 'own' };

/**
 * The disk of a repository on this machine. Calls are made by other threads, and so many at
 * once as the disk is given of these: what hangs keeps nothing that others need.
 *
 * Only on the disk that is vital, that of the one repository which the process serves, brief calls
 * are made in line, as a system call of 3 microseconds costs ten times as much by way of another
 * thread. When one was slow, the next ones are made aside, so that a disk that seeks, or is busy with a
 * sync, holds up nobody for more than one call.
 */
export class MachineDisk implements Disk, DiskCalls {
  readonly #parts: DiskParts;
  readonly #place: DiskPlace;
  #isLocal: boolean | undefined;
  #device: bigint | undefined;
  #boundName: string;
  #isKnown = false;
  #leftAside = 0;

  constructor(parts: DiskParts, place: DiskPlace) {
    this.#parts = parts;
    this.#place = place;
    this.#boundName = nameOf(place);
    if (place.kind !== 'directory') this.#isLocal = false;
  }

  /** What is asked in the end. */
  get calls(): SystemCalls {
    return this.#parts.calls;
  }

  /** Makes a call that changes nothing, in one of two ways that do the same. */
  ask<T>(inLine: () => T, aside: () => Promise<T>, options?: CallOptions): Soon<T> {
    return this.#make('question', { inLine, aside }, options);
  }

  /** Makes a call that changes what is on the disk, in one of two ways that do the same. */
  change<T>(inLine: () => T, aside: () => Promise<T>, options?: CallOptions): Soon<T> {
    return this.#make('change', { inLine, aside }, options);
  }

  /**
   * Makes a call that the system answers from its own memory where it keeps the disk itself, even when
   * that is frozen, and that goes over the network elsewhere.
   */
  askSystem<T>(
    kind: CallKind,
    inLine: () => T,
    aside: () => Promise<T>,
    options?: CallOptions,
  ): Soon<T> {
    const isOwn = this.#place.kind === 'own' || this.#isKnownLocal();
    return isOwn ? inLine() : this.#aside(kind, aside, options);
  }

  /** Makes a call that may take long by its nature, as a sync does, or reading much. */
  askAside<T>(kind: CallKind, aside: () => Promise<T>, options?: CallOptions): Promise<T> {
    this.#isKnownLocal();
    return this.#aside(kind, aside, options);
  }

  /** Resolves when any call of a kind comes back that was made aside. */
  ends(kind: CallKind): Promise<void> {
    return this.#parts.bound(this.#boundName, this.#isKnown).ends(kind);
  }

  /** Whether nothing is to be gained by waiting for this disk in another thread. */
  get isVital(): boolean {
    if (this.#place.kind === 'own') return true;
    return this.#isKnownLocal() && this.#device !== undefined && this.#parts.isVital(this.#device);
  }

  open(path: Path, flags: number, options?: OpenOptions): Promise<OpenFile> {
    return DiskFile.open(this, path, flags, options);
  }

  probe(directory: string, kind: 'question' | 'change'): Promise<void> {
    return probeDisk(this, directory, kind);
  }

  /** The status of what is at a path, links followed; `undefined` when nothing is. */
  status(path: Path): Soon<ExactStatus | undefined> {
    const { inLine, aside } = this.calls;
    return this.ask(
      () => inLine.stat(path),
      () => aside.stat(path),
    );
  }

  /** The status of what is at a path, a link itself; `undefined` when nothing is. */
  look(path: Path): Soon<FileStatus | undefined> {
    const { inLine, aside } = this.calls;
    return this.ask(
      () => inLine.lstat(path),
      () => aside.lstat(path),
    );
  }

  /** The status of a link itself, in numbers that lose nothing; `undefined` when nothing is there. */
  lookExactly(path: Path): Soon<ExactStatus | undefined> {
    const { inLine, aside } = this.calls;
    return this.ask(
      () => inLine.lstatExact(path),
      () => aside.lstatExact(path),
    );
  }

  /** The path without links. */
  realPath(path: string): Soon<string> {
    const { inLine, aside } = this.calls;
    return this.ask(
      () => inLine.realpath(path),
      () => aside.realpath(path),
    );
  }

  /** How full the file system is. */
  usage(path: Path): Soon<DiskUsage> {
    const { inLine, aside } = this.calls;
    return this.ask(
      () => inLine.statfs(path),
      () => aside.statfs(path),
    );
  }

  /** The names in a directory. */
  names(path: Path): Soon<Buffer[]> {
    const { inLine, aside } = this.calls;
    return this.ask(
      () => inLine.readdir(path),
      () => aside.readdir(path),
    );
  }

  /** Looks at what is in a directory, entry by entry, until `take` wants no more. */
  entries(path: string, take: (entry: DirectoryEntry) => boolean): Promise<void> {
    return this.askAside('question', () => this.calls.aside.entries(path, take));
  }

  /** mkdir(2). */
  makeDirectory(path: Path, mode: number): Soon<void> {
    const { inLine, aside } = this.calls;
    return this.change(
      () => inLine.mkdir(path, mode),
      () => aside.mkdir(path, mode),
    );
  }

  /** rmdir(2). */
  removeDirectory(path: Path): Soon<void> {
    const { inLine, aside } = this.calls;
    return this.change(
      () => inLine.rmdir(path),
      () => aside.rmdir(path),
    );
  }

  /** chmod(2). */
  setMode(path: Path, mode: number): Soon<void> {
    const { inLine, aside } = this.calls;
    return this.change(
      () => inLine.chmod(path, mode),
      () => aside.chmod(path, mode),
    );
  }

  /** rename(2). */
  rename(from: Path, to: Path): Soon<void> {
    const { inLine, aside } = this.calls;
    return this.change(
      () => inLine.rename(from, to),
      () => aside.rename(from, to),
    );
  }

  /** Removes a file, if it is there. */
  remove(path: Path, options?: CallOptions): Soon<void> {
    const { inLine, aside } = this.calls;
    return this.change(
      () => unlessMissing(() => inLine.unlink(path)),
      () => aside.unlink(path).catch(ifMissing),
      options,
    );
  }

  #make<T>(
    kind: CallKind,
    call: { readonly inLine: () => T; readonly aside: () => Promise<T> },
    options: CallOptions | undefined,
  ): Soon<T> {
    if (!this.isVital) return this.#aside(kind, call.aside, options);
    if (this.#leftAside > 0) {
      this.#leftAside -= 1;
      return this.#aside(kind, call.aside, options);
    }
    assertMayBegin(options);
    const startMs = this.#parts.nowMs();
    try {
      return call.inLine();
    } finally {
      if (this.#parts.nowMs() - startMs > quickMsMax) this.#leftAside = callsAside;
    }
  }

  #aside<T>(kind: CallKind, call: () => Promise<T>, options?: CallOptions): Promise<T> {
    return this.#parts.bound(this.#boundName, this.#isKnown).run(kind, call, options);
  }

  #isKnownLocal(): boolean {
    if (this.#isLocal === undefined) {
      this.#isLocal = false;
      void this.#findOut();
    }
    return this.#isLocal;
  }

  async #findOut(): Promise<void> {
    if (this.#place.kind !== 'directory') return;
    const { directory, mounts } = this.#place;
    const { aside } = this.calls;
    const looked = async (path: Path): Promise<Looked | undefined> => {
      try {
        const there = await this.#aside('question', () => aside.stat(path));
        if (there === undefined) return undefined;
        const { type } = await this.#aside('question', () => aside.statfs(path));
        return { device: there.dev, isLocal: localTypes.has(Number(type)) };
      } catch {
        return undefined;
      }
    };
    const [own, ...others] = await Promise.all([directory, ...mounts].map(looked));
    // Not there yet: found out at a later call.
    if (own === undefined) this.#isLocal = undefined;
    else this.#found([own, ...others.filter((other) => other !== undefined)]);
  }

  #found(all: readonly Looked[]): void {
    const devices = [...new Set(all.map(({ device }) => device))];
    // What is mounted in it is another disk, and the two together are a third.
    this.#boundName = `devices ${devices.map(String).sort().join(' ')}`;
    this.#isKnown = true;
    this.#device = devices.length === 1 ? devices[0] : undefined;
    this.#isLocal = all.every(({ isLocal }) => isLocal);
  }
}

function nameOf(place: DiskPlace): string {
  if (place.kind === 'own') return 'own';
  return place.kind === 'walk' ? `walk ${place.walk}` : `directory ${String(place.directory)}`;
}

interface Looked {
  readonly device: bigint;
  readonly isLocal: boolean;
}

function unlessMissing(act: () => void): void {
  try {
    act();
  } catch (error) {
    ifMissing(error);
  }
}

function ifMissing(error: unknown): void {
  if (!isErrorCode(error, 'ENOENT')) throw error;
}
