import type { OpenFile } from '../../files/disk.ts';

/** Bytes after which the disk is set to work: enough for it to work in long stretches. */
const flushBytes = 32 * 1024 * 1024;

/**
 * Has the disk write a large content while the rest of it still arrives, so that little is left for
 * the sync at its end. One flush at a time; a slow disk takes more with the next.
 */
export class EarlyFlush {
  readonly #file: OpenFile;
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  /** The system tells of a failure once: a later sync of the same file would succeed. */
  #failure: { readonly error: unknown } | undefined;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  /** Counts bytes that have been written. */
  wrote(bytes: number): void {
    this.#waitingBytes += bytes;
    if (this.#waitingBytes < flushBytes || this.#running !== undefined) return;
    this.#waitingBytes = 0;
    this.#running = this.#flush();
  }

  /** Resolves when no flush is running; throws the error of one that failed. */
  async ended(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #flush(): Promise<void> {
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      this.#running = undefined;
    }
  }
}
