import {
  annexModes,
  fsyncDirectory,
  makeDirectoryDurably,
  openFlags,
  renameDurably,
  type AnnexModes,
  type Disk,
  type OpenFile,
} from '../../repository/index.ts';
import { encodeText, isErrorCode } from '../../units/index.ts';
import { wholeLines } from './lines-of.ts';
import { formatMissing, parseMissing, type MissingCopy } from './missing-copy.ts';

/** How many lines are written at once when the file is made anew. */
const linesAtOnce = 1000;

/** Read and written at once when the file is made anew, bytes. */
const pieceBytes = 64 * 1024;

const madeAnew = openFlags.O_RDWR | openFlags.O_CREAT | openFlags.O_TRUNC;
const toAppend = openFlags.O_RDWR | openFlags.O_CREAT;

/** A look at the file. */
export interface MissingRead {
  /** Called when what is read is settled: what is added from then on is not part of it. */
  readonly begun?: () => void;
  /** Called for each line that cannot be read, and is left out. */
  readonly damaged?: () => void;
}

/** The file between two changes, to be closed by whoever has it. */
interface Snapshot {
  readonly file: OpenFile;
  readonly sizeBytes: number;
}

/**
 * The file of missing copies, `annex/ballast/missing`, a line each (see {@link formatMissing}),
 * oldest first. Written by whoever has the right to place uploads, which is one process at a time.
 */
export class MissingFile {
  readonly #directory: Buffer;
  readonly #path: string;
  readonly #modes: AnnexModes;
  readonly #disk: Disk;
  #waiting: { readonly copies: readonly MissingCopy[]; readonly added: () => void }[] = [];
  #next: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** Whether what stands at the end may be the beginning of a line that was not written whole. */
  #mayBeTorn = true;

  /** @param sharedRepository the value of `core.sharedRepository`. */
  constructor(gitDirectory: string, sharedRepository: string | undefined, disk: Disk) {
    this.#disk = disk;
    this.#modes = annexModes(sharedRepository, process.umask());
    this.#directory = Buffer.from(`${gitDirectory}/annex/ballast`);
    this.#path = `${gitDirectory}/annex/ballast/missing`;
  }

  /**
   * Adds lines; durable when the promise resolves. Calls made at once share a write.
   *
   * @param added called then, before any reading that has them begins.
   */
  append(copies: readonly MissingCopy[], added: () => void): Promise<void> {
    this.#waiting.push({ copies, added });
    this.#next ??= this.#alone(async () => {
      this.#next = undefined;
      const now = this.#waiting;
      this.#waiting = [];
      await this.#append(now.flatMap((call) => call.copies));
      for (const call of now) call.added();
    });
    return this.#next;
  }

  /** Whether there is nothing in it, or no file. */
  async isEmpty(): Promise<boolean> {
    const snapshot = await this.#snapshot({});
    await snapshot?.file.close();
    return snapshot === undefined || snapshot.sizeBytes === 0;
  }

  /** What the file holds now, streamed. */
  async *read(reading: MissingRead = {}): AsyncGenerator<MissingCopy, void, undefined> {
    const snapshot = await this.#snapshot(reading);
    if (snapshot === undefined) return;
    try {
      for await (const line of wholeLines(snapshot.file, snapshot.sizeBytes)) {
        const copy = line === undefined ? undefined : parseMissing(line);
        if (copy !== undefined) yield copy;
        else reading.damaged?.();
      }
    } finally {
      await snapshot.file.close();
    }
  }

  /** Makes the file anew with what is still to be kept of it, and what is added meanwhile. */
  async keep(
    isKept: (copy: MissingCopy) => Promise<boolean>,
    reading: MissingRead = {},
  ): Promise<void> {
    const snapshot = await this.#snapshot(reading);
    if (snapshot === undefined) return;
    try {
      await this.#keepOf(snapshot, isKept, reading);
    } finally {
      await snapshot.file.close();
    }
  }

  async #keepOf(
    snapshot: Snapshot,
    isKept: (copy: MissingCopy) => Promise<boolean>,
    reading: MissingRead,
  ): Promise<void> {
    const anew = `${this.#path}.new`;
    const file = await this.#disk.open(anew, madeAnew, { mode: this.#modes.file });
    try {
      await file.setMode(this.#modes.file);
      let sizeBytes = 0;
      let lines: string[] = [];
      const write = async (): Promise<void> => {
        const bytes = encodeText(lines.join(''));
        await file.writeAll(bytes, sizeBytes);
        sizeBytes += bytes.length;
        lines = [];
      };
      for await (const line of wholeLines(snapshot.file, snapshot.sizeBytes)) {
        const copy = line === undefined ? undefined : parseMissing(line);
        if (copy === undefined) reading.damaged?.();
        else if (await isKept(copy)) lines.push(`${formatMissing(copy)}\n`);
        if (lines.length >= linesAtOnce) await write();
      }
      await write();
      const old = { fromByte: snapshot.sizeBytes, toByte: sizeBytes };
      await this.#alone(() => this.#replace(file, { anew, ...old }));
    } finally {
      await file.close();
      await this.#disk.remove(anew);
    }
  }

  /** What was added since the reading goes behind what was kept. */
  async #replace(
    file: OpenFile,
    by: { readonly anew: string; readonly fromByte: number; readonly toByte: number },
  ): Promise<void> {
    const old = await this.#disk.open(this.#path, openFlags.O_RDONLY);
    try {
      const buffer = Buffer.alloc(pieceBytes);
      for (let offset = 0; ; ) {
        const count = await old.read(buffer, by.fromByte + offset);
        if (count === 0) break;
        await file.writeAll(buffer.subarray(0, count), by.toByte + offset);
        offset += count;
      }
    } finally {
      await old.close();
    }
    await file.sync();
    await renameDurably({ from: by.anew, to: this.#path }, this.#disk);
  }

  async #append(copies: readonly MissingCopy[]): Promise<void> {
    await makeDirectoryDurably(this.#directory, this.#modes.directory, this.#disk);
    const lines = copies.map((copy) => `${formatMissing(copy)}\n`).join('');
    const file = await this.#disk.open(this.#path, toAppend, { mode: this.#modes.file });
    try {
      const sizeBytes = Number((await file.status()).size);
      const isEmpty = sizeBytes === 0;
      if (isEmpty) await file.setMode(this.#modes.file);
      const text = this.#mayBeTorn && !isEmpty ? `\n${lines}` : lines;
      this.#mayBeTorn = true;
      await file.writeAll(encodeText(text), sizeBytes);
      await file.sync();
      if (isEmpty) await fsyncDirectory(this.#directory, this.#disk);
      this.#mayBeTorn = false;
    } finally {
      await file.close();
    }
  }

  /** What there is between two changes; undefined where there is no file. */
  #snapshot(reading: MissingRead): Promise<Snapshot | undefined> {
    return this.#alone(async () => {
      reading.begun?.();
      const file = await this.#openIfThere();
      if (file === undefined) return undefined;
      try {
        return { file, sizeBytes: Number((await file.status()).size) };
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  async #openIfThere(): Promise<OpenFile | undefined> {
    try {
      return await this.#disk.open(this.#path, openFlags.O_RDONLY);
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    }
  }

  /** Runs one change of the file, or look at its end, after the other. */
  #alone<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.catch(() => undefined).then(act);
    this.#last = mine;
    return mine;
  }
}
