import { machineClock } from '../repository/clock/machine-clock.ts';
import { createWriteStream, type WriteStream } from 'node:fs';

/** Most bytes of lines that wait for a disk that is slow; more are dropped. */
const waitingBytesMax = 1024 * 1024;

/** How long a file that could not be written is left alone, milliseconds. */
const retryMs = 5000;

/** Readable by its owner and group: it names keys, files and accounts. */
const fileMode = 0o640;

/** Standard error, as a name on the command line. */
export const standardError = '-';

/**
 * A file that lines are appended to, never in the way of who writes them: what a slow disk does not
 * take, or a full one, is dropped, and a line tells so once it goes on.
 */
export class LogFile {
  readonly #path: string;
  readonly #warn: (message: string, error: unknown) => void;
  #stream: WriteStream | undefined;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  /** Lines that were dropped and that no line tells of yet. */
  #missing = 0;
  #isFailing = false;

  /** @param path `-` for standard error. */
  constructor(path: string, warn: (message: string, error: unknown) => void) {
    this.#path = path;
    this.#warn = warn;
    this.#open();
  }

  /** @param line with its line end. */
  write(line: string): void {
    if (this.#stream === undefined && machineClock.steadyMs() - this.#failedAtMs > retryMs)
      this.#open();
    const stream = this.#stream;
    if (stream === undefined || stream.writableLength > waitingBytesMax) {
      this.#missing += 1;
      return;
    }
    const missing = this.#missing;
    this.#missing = 0;
    if (missing > 0) stream.write(`${JSON.stringify({ missing, msg: 'lines are missing' })}\n`);
    stream.write(line, (error) => {
      if (error !== null && error !== undefined) this.#missing += missing + 1;
      else this.#isFailing = false;
    });
  }

  /** Goes on in a new file, after the old one was renamed. */
  reopen(): void {
    if (this.#path === standardError) return;
    this.#stream?.end();
    this.#open();
  }

  /** Settles when all is written, or cannot be. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    this.#failedAtMs = Number.POSITIVE_INFINITY;
    if (stream === undefined || stream.destroyed) return;
    await new Promise<void>((resolve) => {
      stream.once('close', resolve);
      stream.once('finish', resolve);
      stream.end();
    });
  }

  #open(): void {
    const stream =
      this.#path === standardError
        ? createWriteStream('', { fd: process.stderr.fd, autoClose: false })
        : createWriteStream(this.#path, { flags: 'a', mode: fileMode });
    this.#stream = stream;
    stream.on('error', (error) => {
      if (this.#stream === stream) this.#stream = undefined;
      this.#failedAtMs = machineClock.steadyMs();
      // A disk that stays full is told of once.
      if (!this.#isFailing) this.#warn(`requests cannot be logged to ${this.#path}`, error);
      this.#isFailing = true;
    });
  }
}
