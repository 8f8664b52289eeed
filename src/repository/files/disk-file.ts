import type { CallKind, CallOptions } from './call-bound.ts';
import type { DiskCalls } from './disk-calls.ts';
import type { ExactStatus, OpenFile, OpenOptions, Path, Soon } from './disk.ts';
import type { ConflictingKind, LockKind } from './native/fcntl.ts';
import { openFlags } from './system-calls.ts';

/** A piece up to this long goes into the system's memory in some ten microseconds. */
const quickBytesMax = 64 * 1024;

/** Something was to be done with a file after its closing. */
function fileClosed(): Error {
  return new Error('the file has been closed');
}

/**
 * An open file of this machine. Whoever opened it closes it; that waits for calls under way, since
 * the number of a closed file is another's at once. Opening waits for nobody: a pipe that somebody has
 * put in the place of a file opens like one.
 */
export class DiskFile implements OpenFile {
  readonly #disk: DiskCalls;
  readonly #fd: number;
  /** Calls under way in other threads. */
  #running = 0;
  #closing: Promise<void> | undefined;
  #lastEnded: () => void = () => undefined;

  private constructor(disk: DiskCalls, fd: number) {
    this.#disk = disk;
    this.#fd = fd;
  }

  /**
   * @param flags as of open(2).
   * @param options.mode of a file that is made; the umask narrows it. Default: 0666.
   */
  static async open(
    disk: DiskCalls,
    path: Path,
    flags: number,
    options: OpenOptions = {},
  ): Promise<DiskFile> {
    const how = flags | openFlags.O_NONBLOCK;
    const { mode = 0o666 } = options;
    const { inLine, aside } = disk.calls;
    const now = (): number => inLine.open(path, how, mode);
    const later = (): Promise<number> => aside.open(path, how, mode);
    // Of a frozen file system, also opening what is not there, and not to be made, waits then.
    const isChange = (flags & (openFlags.O_WRONLY | openFlags.O_RDWR)) !== 0;
    const opening = isChange ? disk.change(now, later, options) : disk.ask(now, later, options);
    return new DiskFile(disk, await opening);
  }

  /** Writes some of the bytes at a position; how many. */
  write(bytes: Uint8Array, position: number): Soon<number> {
    this.#assertOpen();
    const { inLine, aside } = this.#disk.calls;
    const later = (): Promise<number> => aside.write(this.#fd, bytes, position);
    if (bytes.length > quickBytesMax) return this.#counted(this.#disk.askAside('change', later));
    const now = (): number => inLine.write(this.#fd, bytes, position);
    return this.#counted(this.#disk.change(now, later));
  }

  /** Writes all of the bytes from a position on. */
  async writeAll(bytes: Uint8Array, position: number): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      written += await this.write(bytes.subarray(written), position + written);
    }
  }

  /** Reads some bytes from a position on, at most as many as the buffer takes; 0 at the end. */
  read(buffer: Uint8Array, position: number): Soon<number> {
    this.#assertOpen();
    const { inLine, aside } = this.#disk.calls;
    const later = (): Promise<number> => aside.read(this.#fd, buffer, position);
    if (buffer.length > quickBytesMax) return this.#counted(this.#disk.askAside('question', later));
    const now = (): number => inLine.read(this.#fd, buffer, position);
    return this.#counted(this.#disk.ask(now, later));
  }

  /** All bytes of a file that had so many when it was looked at; fewer where it is shorter now. */
  async readAll(lengthBytes: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(lengthBytes);
    let length = 0;
    while (length < lengthBytes) {
      const count = await this.read(bytes.subarray(length), length);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  }

  status(): Soon<ExactStatus> {
    this.#assertOpen();
    const { inLine, aside } = this.#disk.calls;
    const now = (): ExactStatus => inLine.fstat(this.#fd);
    return this.#counted(this.#disk.ask(now, () => aside.fstat(this.#fd)));
  }

  setMode(mode: number): Soon<void> {
    this.#assertOpen();
    const { inLine, aside } = this.#disk.calls;
    const now = (): void => inLine.fchmod(this.#fd, mode);
    return this.#counted(this.#disk.change(now, () => aside.fchmod(this.#fd, mode)));
  }

  truncate(lengthBytes: number): Promise<void> {
    return this.#wait('change', () => this.#disk.calls.aside.ftruncate(this.#fd, lengthBytes));
  }

  /** fsync(2): contents and all that is known of the file are on the disk when it resolves. */
  sync(options?: CallOptions): Promise<void> {
    return this.#wait('sync', () => this.#disk.calls.aside.fsync(this.#fd), options);
  }

  /** fdatasync(2): the contents are on the disk when it resolves, but times and the like may not be. */
  datasync(): Promise<void> {
    return this.#wait('sync', () => this.#disk.calls.aside.fdatasync(this.#fd));
  }

  /**
   * Sets, changes or takes away the lock of this open file, without waiting for other holders; whether
   * it is set.
   */
  lock(kind: LockKind, options?: CallOptions): Soon<boolean> {
    this.#assertOpen();
    const { inLine, aside } = this.#disk.calls.locks;
    const now = (): boolean => inLine.set(this.#fd, kind);
    const later = (): Promise<boolean> => aside.set(this.#fd, kind);
    const how = { ...options, isEnd: kind === 'none' };
    return this.#counted(this.#disk.askSystem('change', now, later, how));
  }

  /** The kind of a lock that an exclusive one would meet; undefined when there is none. */
  conflictingLock(): Soon<ConflictingKind | undefined> {
    this.#assertOpen();
    const { inLine, aside } = this.#disk.calls.locks;
    const now = (): ConflictingKind | undefined => inLine.conflicting(this.#fd);
    const later = (): Promise<ConflictingKind | undefined> => aside.conflicting(this.#fd);
    return this.#counted(this.#disk.askSystem('question', now, later));
  }

  /** Resolves when calls under way have ended and the file is closed. No more are taken. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#lastEnded = resolve;
      });
    }
    const { inLine, aside } = this.#disk.calls;
    await this.#disk.ask(
      () => inLine.close(this.#fd),
      () => aside.close(this.#fd),
      { isEnd: true },
    );
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw fileClosed();
  }

  async #wait(kind: CallKind, call: () => Promise<void>, options?: CallOptions): Promise<void> {
    this.#assertOpen();
    await this.#counted(this.#disk.askAside(kind, call, options));
  }

  /** From its asking on, as a call that still waits for its turn has the number of the file. */
  #counted<T>(called: Soon<T>): Soon<T> {
    if (!(called instanceof Promise)) return called;
    this.#running += 1;
    return called.finally(() => {
      this.#running -= 1;
      if (this.#running === 0) this.#lastEnded();
    });
  }
}
