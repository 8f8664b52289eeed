import { parseKey, serializeKey, type Key } from '../../key/index.ts';
import {
  annexModes,
  fsyncDirectory,
  openFlags,
  type AnnexModes,
  type Disk,
} from '../../repository/index.ts';
import { anyText, madeBy, oneOf, readJson, rowOf, uuid, wholeNumber } from '../../shapes/index.ts';
import { decodeText, encodeText, isErrorCode, type Uuid } from '../../units/index.ts';
import { makeScrubDirectory, type ScrubPlace } from './walk-files.ts';

const reasons = ['damaged', 'gone', 'unread', 'paid'] as const;

/** Why a copy has to be looked at again. */
export type OwedReason = Exclude<(typeof reasons)[number], 'paid'>;

/** A copy that a node should have whole and that is not known to be so. */
export interface OwedCopy {
  readonly key: Key;
  readonly node: Uuid;
  readonly why: OwedReason;
  /** Since when, seconds since 1970. */
  readonly sinceSeconds: number;
}

/** Most copies that are remembered; 30 MB of memory. Of further ones the location logs tell that they lack. */
const owedMax = 100_000;

/** So many lines that say nothing any more have the file written anew. */
const staleMax = 10_000;

/** Longest file that is read, bytes. */
const fileBytesMax = 256 * 1024 * 1024;

const row = rowOf([wholeNumber, uuid, oneOf(reasons), madeBy(anyText, parseKey, 'a key')]);

/**
 * Copies that were found damaged or gone and are not made good yet: in memory, and in `annex/ballast/scrub/owed`,
 * a JSON array in a line each, `[SECONDS,"NODE","WHY","KEY"]`. Written before anything is done about one, so that
 * whoever comes after a crash goes on; a line with `paid` takes back those before it. One process at a time has it.
 */
export class OwedCopies {
  readonly #place: ScrubPlace;
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #path: string;
  readonly #modes: AnnexModes;
  #copies = new Map<string, OwedCopy>();
  #stale = 0;
  /** Where the next line goes; `undefined` before the file was read. */
  #endBytes: number | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(place: ScrubPlace) {
    const { gitDirectory, disk, sharedRepository } = place;
    this.#place = place;
    this.#disk = disk;
    this.#directory = `${gitDirectory}/annex/ballast/scrub`;
    this.#path = `${this.#directory}/owed`;
    this.#modes = annexModes(sharedRepository, process.umask());
  }

  /** Reads what is there, as other processes may have left it. */
  load(): Promise<void> {
    return this.#alone(() => this.#load());
  }

  /** Oldest first. */
  all(): readonly OwedCopy[] {
    return [...this.#copies.values()];
  }

  /** Whether one is remembered. */
  has(copy: Pick<OwedCopy, 'key' | 'node'>): boolean {
    return this.#copies.has(nameOf(copy));
  }

  /** Remembers one; durable when it resolves. */
  async add(copy: OwedCopy): Promise<void> {
    const name = nameOf(copy);
    if (this.#copies.get(name)?.why === copy.why || this.#copies.size >= owedMax) return;
    await this.#alone(async () => {
      await this.#append(lineOf(copy, copy.why));
      this.#copies.set(name, copy);
    });
  }

  /** One is as it should be, or is nobody's affair any more. After a crash it may be looked at once more. */
  async pay(copy: Pick<OwedCopy, 'key' | 'node'>): Promise<void> {
    const owed = this.#copies.get(nameOf(copy));
    if (owed === undefined) return;
    await this.#alone(async () => {
      await this.#append(lineOf(owed, 'paid'));
      this.#copies.delete(nameOf(copy));
      this.#stale += 2;
      if (this.#stale > staleMax || this.#copies.size === 0) await this.#rewrite();
    });
  }

  async #load(): Promise<void> {
    this.#copies = new Map();
    this.#stale = 0;
    this.#endBytes = 0;
    const all = await this.#read();
    // What is behind the last line end was not written whole, and nobody relies on it.
    const text = all.slice(0, all.lastIndexOf('\n') + 1);
    for (const line of text.split('\n')) {
      const read = readJson(line, row);
      if (read.kind === 'problem') continue;
      const [sinceSeconds, node, why, key] = read.value;
      const name = nameOf({ key, node });
      if (why === 'paid') this.#stale += this.#copies.delete(name) ? 2 : 1;
      else this.#copies.set(name, { key, node, why, sinceSeconds });
    }
    this.#endBytes = encodeText(text).length;
  }

  async #read(): Promise<string> {
    try {
      const file = await this.#disk.open(this.#path, openFlags.O_RDONLY);
      try {
        const { size } = await file.status();
        return decodeText(await file.readAll(Math.min(Number(size), fileBytesMax)));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isErrorCode(error, 'ENOENT')) return '';
      throw error;
    }
  }

  async #append(line: string): Promise<void> {
    if (this.#endBytes === undefined) await this.#load();
    const from = this.#endBytes ?? 0;
    await makeScrubDirectory(this.#place);
    const flags = openFlags.O_RDWR | openFlags.O_CREAT;
    const file = await this.#disk.open(this.#path, flags, { mode: this.#modes.file });
    try {
      const bytes = encodeText(line);
      await file.truncate(from);
      await file.writeAll(bytes, from);
      await file.sync();
      if (from === 0) await fsyncDirectory(this.#directory, this.#disk);
      this.#endBytes = from + bytes.length;
    } finally {
      await file.close();
    }
  }

  /** The lines that say something still; where there are none, no file. */
  async #rewrite(): Promise<void> {
    const lines = this.all().map((copy) => lineOf(copy, copy.why));
    const anew = `${this.#path}.new`;
    if (lines.length === 0) {
      await this.#disk.remove(this.#path);
    } else {
      const flags = openFlags.O_RDWR | openFlags.O_CREAT | openFlags.O_TRUNC;
      const file = await this.#disk.open(anew, flags, { mode: this.#modes.file });
      try {
        await file.writeAll(encodeText(lines.join('')), 0);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#disk.rename(anew, this.#path);
    }
    await fsyncDirectory(this.#directory, this.#disk);
    this.#endBytes = encodeText(lines.join('')).length;
    this.#stale = 0;
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.catch(() => undefined).then(act);
    this.#last = mine;
    return mine;
  }
}

function nameOf({ node, key }: Pick<OwedCopy, 'key' | 'node'>): string {
  return `${node} ${serializeKey(key)}`;
}

function lineOf(copy: OwedCopy, why: OwedReason | 'paid'): string {
  const { sinceSeconds, node, key } = copy;
  const line = JSON.stringify([sinceSeconds, node, why, serializeKey(key)]);
  const ascii = line.replace(/[\u007f-\uffff]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `${ascii}\n`;
}
