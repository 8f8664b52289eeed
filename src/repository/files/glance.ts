import { statfs } from 'node:fs/promises';

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

/** A question that took longer was not answered from memory, milliseconds. */
const quickMsMax = 2;

/** After a slow answer so many questions are asked aside, before one is tried in line again. */
const questionsAside = 200;

/**
 * Short questions to a local disk, asked in line as long as it answers them from memory: a system
 * call of 3 microseconds costs ten times as much by way of another thread. When one was slow, the
 * next ones are asked aside, so that a disk that seeks holds up nobody for more than one look.
 */
export class Glance {
  readonly #directory: string | Buffer;
  #isLocal: boolean | undefined;
  #leftAside = 0;

  /** @param directory one on the file system that the questions are about. */
  constructor(directory: string | Buffer) {
    this.#directory = directory;
  }

  /**
   * Asks in one of two ways that give the same answer.
   * @param inLine only reads, and takes a system call or two.
   */
  ask<T>(inLine: () => T, aside: () => Promise<T>): T | Promise<T> {
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
      if (performance.now() - startMs > quickMsMax) this.#leftAside = questionsAside;
    }
  }

  async #look(): Promise<void> {
    try {
      this.#isLocal = localTypes.has((await statfs(this.#directory)).type);
    } catch {
      // Not there yet: found out at a later question.
      this.#isLocal = undefined;
    }
  }
}
