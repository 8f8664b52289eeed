import {
  close,
  closeSync,
  constants,
  fchmod,
  fchmodSync,
  fdatasync,
  fstat,
  fstatSync,
  fsync,
  ftruncate,
  open,
  openSync,
  read,
  readSync,
  write,
  writeSync,
  type BigIntStats,
} from 'node:fs';
import { promisify } from 'node:util';
import type { Disk, Soon } from './disk.ts';

const openAside = promisify(open);
const closeAside = promisify(close);
const chmodAside = promisify(fchmod);
const statAside = promisify(fstat);
const syncAside = promisify(fsync);
const datasyncAside = promisify(fdatasync);
const truncateAside = promisify(ftruncate);

/** A piece up to this long goes into the system's memory in some ten microseconds. */
const quickBytesMax = 64 * 1024;

/** Something was to be done with a file after its closing. */
class FileClosedError extends Error {
  readonly code = 'EBADF';

  constructor() {
    super('the file has been closed');
  }
}

/**
 * An open file of a {@link Disk}. Whoever opened it closes it; that waits for calls under way, since
 * the number of a closed file is another's at once. Opening waits for nobody: a pipe that somebody has
 * put in the place of a file opens like one.
 */
export class DiskFile {
  readonly #disk: Disk;
  readonly #fd: number;
  /** Calls under way in other threads. */
  #running = 0;
  #closing: Promise<void> | undefined;
  #lastEnded: () => void = () => undefined;

  private constructor(disk: Disk, fd: number) {
    this.#disk = disk;
    this.#fd = fd;
  }

  /** @param flags as of open(2). */
  static async open(disk: Disk, path: Buffer, flags: number, mode = 0o666): Promise<DiskFile> {
    const how = flags | constants.O_NONBLOCK;
    const inLine = (): number => openSync(path, how, mode);
    const aside = (): Promise<number> => openAside(path, how, mode);
    const isChange = (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
    const fd = await (isChange ? disk.change(inLine, aside) : disk.ask(inLine, aside));
    return new DiskFile(disk, fd);
  }

  /** Writes some of the bytes at a position; how many. */
  write(bytes: Uint8Array, position: number): Soon<number> {
    if (bytes.length > quickBytesMax) return this.#writeAside(bytes, position);
    this.#assertOpen();
    return this.#disk.change(
      () => writeSync(this.#fd, bytes, 0, bytes.length, position),
      () => this.#writeAside(bytes, position),
    );
  }

  /** Writes all of the bytes from a position on. */
  async writeAll(bytes: Uint8Array, position: number): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      written += await this.write(bytes.subarray(written), position + written);
    }
  }

  /** Reads some bytes from a position on, at most as many as the buffer takes; 0 at the end. */
  read(buffer: Uint8Array, position: number): Soon<number> {
    if (buffer.length > quickBytesMax) return this.#readAside(buffer, position);
    this.#assertOpen();
    return this.#disk.ask(
      () => readSync(this.#fd, buffer, 0, buffer.length, position),
      () => this.#readAside(buffer, position),
    );
  }

  status(): Soon<BigIntStats> {
    this.#assertOpen();
    return this.#disk.ask(
      () => fstatSync(this.#fd, { bigint: true }),
      () => this.#aside(() => statAside(this.#fd, { bigint: true })),
    );
  }

  setMode(mode: number): Soon<void> {
    this.#assertOpen();
    return this.#disk.change(
      () => fchmodSync(this.#fd, mode),
      () => this.#aside(() => chmodAside(this.#fd, mode)),
    );
  }

  truncate(lengthBytes: number): Promise<void> {
    return this.#aside(() => truncateAside(this.#fd, lengthBytes));
  }

  /** fsync(2): contents and all that is known of the file are on the disk when it resolves. */
  sync(): Promise<void> {
    return this.#aside(() => syncAside(this.#fd));
  }

  /** fdatasync(2): likewise, but for times and the like. */
  datasync(): Promise<void> {
    return this.#aside(() => datasyncAside(this.#fd));
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
    await this.#disk.change(
      () => closeSync(this.#fd),
      () => closeAside(this.#fd),
    );
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new FileClosedError();
  }

  async #aside<T>(call: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    this.#running += 1;
    try {
      return await call();
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#lastEnded();
    }
  }

  #readAside(buffer: Uint8Array, position: number): Promise<number> {
    const call = (): Promise<number> =>
      new Promise((resolve, reject) => {
        read(this.#fd, buffer, 0, buffer.length, position, (error, count) =>
          error === null ? resolve(count) : reject(error),
        );
      });
    return this.#aside(call);
  }

  #writeAside(bytes: Uint8Array, position: number): Promise<number> {
    const call = (): Promise<number> =>
      new Promise((resolve, reject) => {
        write(this.#fd, bytes, 0, bytes.length, position, (error, count) =>
          error === null ? resolve(count) : reject(error),
        );
      });
    return this.#aside(call);
  }
}
