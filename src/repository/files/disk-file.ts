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

/**
 * An open file of a {@link Disk}. Whoever opened it closes it, once. Opening waits for nobody: a pipe
 * that somebody has put in the place of a file opens like one.
 */
export class DiskFile {
  readonly #disk: Disk;
  readonly #fd: number;
  #isClosed = false;

  private constructor(disk: Disk, fd: number) {
    this.#disk = disk;
    this.#fd = fd;
  }

  /** @param flags as of open(2). */
  static async open(disk: Disk, path: Buffer, flags: number, mode = 0o666): Promise<DiskFile> {
    const how = flags | constants.O_NONBLOCK;
    const fd = await disk.ask(
      () => openSync(path, how, mode),
      () => openAside(path, how, mode),
    );
    return new DiskFile(disk, fd);
  }

  /** Writes some of the bytes at a position; how many. */
  write(bytes: Uint8Array, position: number): Soon<number> {
    if (bytes.length > quickBytesMax) return this.#writeAside(bytes, position);
    return this.#disk.ask(
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
    return this.#disk.ask(
      () => readSync(this.#fd, buffer, 0, buffer.length, position),
      () => this.#readAside(buffer, position),
    );
  }

  status(): Soon<BigIntStats> {
    return this.#disk.ask(
      () => fstatSync(this.#fd, { bigint: true }),
      () => statAside(this.#fd, { bigint: true }),
    );
  }

  setMode(mode: number): Soon<void> {
    return this.#disk.ask(
      () => fchmodSync(this.#fd, mode),
      () => chmodAside(this.#fd, mode),
    );
  }

  truncate(lengthBytes: number): Promise<void> {
    return truncateAside(this.#fd, lengthBytes);
  }

  /** fsync(2): contents and all that is known of the file are on the disk when it resolves. */
  sync(): Promise<void> {
    return syncAside(this.#fd);
  }

  /** fdatasync(2): likewise, but for times and the like. */
  datasync(): Promise<void> {
    return datasyncAside(this.#fd);
  }

  close(): Soon<void> {
    // Another file may have the number by the time of a second call.
    if (this.#isClosed) return undefined;
    this.#isClosed = true;
    return this.#disk.ask(
      () => closeSync(this.#fd),
      () => closeAside(this.#fd),
    );
  }

  #readAside(buffer: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.#fd, buffer, 0, buffer.length, position, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  }

  #writeAside(bytes: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.#fd, bytes, 0, bytes.length, position, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    });
  }
}
