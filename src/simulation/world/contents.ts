/** The keys and files of a simulation, each known by a number from 0. */
import { parseKey, type Key } from '../../key/index.ts';
import { keyBackend, keyName } from '../random/identities.ts';
import type { Seed } from '../random/randomness.ts';
import { FileOrder } from './file-order.ts';
import { FilesOfKeys } from './files-of-keys.ts';
import { longerDoubles, longerInts, type Ints } from './growing.ts';
import { Metadata } from './metadata.ts';

/** Sizes up to this are sums of doubles, exactly; larger ones are kept apart. */
export const smallBytesMax: number = 2 ** 52;

/**
 * The name of a made-up key is the hash of a blob of a thousand random words. It is made when it is asked
 * for, from the seed it had: for a log, or for balanced terms, which hash it.
 */
export class Contents {
  #keyCount = 0;
  #smallBytes = new Float64Array(0);
  #seedHigh = new Int32Array(0);
  #seedLow = new Int32Array(0);
  readonly #largeBytes = new Map<number, bigint>();
  /** Names of made-up keys that were asked for. */
  readonly #madeNames = new Map<number, string>();
  readonly #realKeys = new Map<number, { readonly key: Key; readonly text: string }>();
  readonly #realByText = new Map<string, number>();
  readonly #files = new Map<string, number>();
  readonly #fileNames: string[] = [];
  #fileKeys: Ints = new Int32Array(0);
  readonly #order = new FileOrder({
    nameOf: (file) => this.fileName(file),
    numberOf: (name) => this.#files.get(name) ?? 0,
  });
  readonly #filesOfKeys = new FilesOfKeys();
  readonly metadata: Metadata = new Metadata();
  #changes = 0;
  #rearrangements = 0;
  #rekeyings = 0;

  get keyCount(): number {
    return this.#keyCount;
  }

  /** A number that changes with any file and any metadata. */
  get changes(): number {
    return this.#changes + this.metadata.changes;
  }

  /** A number that changes with any file, but for those that are new and have a key that no file had. */
  get rearrangements(): number {
    return this.#rearrangements;
  }

  /**
   * A number that changes when a file that there was has another key, or a key other metadata: what an
   * expression said of a file may be wrong now.
   */
  get revisions(): number {
    return this.#rekeyings + this.metadata.changes;
  }

  /** How many files there are. */
  get fileCount(): number {
    return this.#files.size;
  }

  /** How many numbers of files are taken, by those that were removed too. */
  get fileNumbers(): number {
    return this.#fileNames.length;
  }

  /** A key with the name that the blob of a decision gives it. */
  makeKey(sizeBytes: bigint, seed: Seed): number {
    const key = this.#addKey(sizeBytes);
    this.#seedHigh = longerInts(this.#seedHigh, this.#keyCount);
    this.#seedLow = longerInts(this.#seedLow, this.#keyCount);
    this.#seedHigh[key] = seed.high;
    this.#seedLow[key] = seed.low;
    return key;
  }

  /** A key of a real repository; `undefined` when the text is none. */
  useKey(text: string): number | undefined {
    const known = this.#realByText.get(text);
    if (known !== undefined) return known;
    const parsed = parseKey(text);
    if (parsed === undefined) return undefined;
    const key = this.#addKey(parsed.sizeBytes ?? 0n);
    this.#realKeys.set(key, { key: parsed, text });
    this.#realByText.set(text, key);
    return key;
  }

  #addKey(sizeBytes: bigint): number {
    const key = this.#keyCount;
    this.#keyCount += 1;
    this.#smallBytes = longerDoubles(this.#smallBytes, this.#keyCount);
    if (sizeBytes <= BigInt(smallBytesMax)) this.#smallBytes[key] = Number(sizeBytes);
    else {
      this.#smallBytes[key] = Number.NaN;
      this.#largeBytes.set(key, sizeBytes);
    }
    return key;
  }

  /** Bytes of a key as a double; `NaN` when that may not be exact. */
  smallBytes(key: number): number {
    return this.#smallBytes[key] ?? 0;
  }

  /** Bytes of a key. */
  bytes(key: number): bigint {
    const small = this.smallBytes(key);
    return Number.isNaN(small) ? (this.#largeBytes.get(key) ?? 0n) : BigInt(small);
  }

  /** The parts of a key; the name is made when it is asked for. */
  key(key: number): Key {
    const real = this.#realKeys.get(key);
    if (real !== undefined) return real.key;
    const name = (): string => this.#madeName(key);
    return {
      backend: keyBackend,
      sizeBytes: this.bytes(key),
      mtime: undefined,
      chunkSizeBytes: undefined,
      chunkNumber: undefined,
      get name() {
        return name();
      },
    };
  }

  /** A key as it stands in logs. */
  keyText(key: number): string {
    const real = this.#realKeys.get(key);
    return real?.text ?? `${keyBackend}-s${this.bytes(key)}--${this.#madeName(key)}`;
  }

  /** Where the name of a made-up key comes from; `undefined` for real ones. */
  seedOf(key: number): Seed | undefined {
    if (this.#realKeys.has(key)) return undefined;
    return { high: this.#seedHigh[key] ?? 0, low: this.#seedLow[key] ?? 0 };
  }

  #madeName(key: number): string {
    let name = this.#madeNames.get(key);
    if (name !== undefined) return name;
    name = keyName({ high: this.#seedHigh[key] ?? 0, low: this.#seedLow[key] ?? 0 });
    this.#madeNames.set(key, name);
    return name;
  }

  /** Gives a file a key, new or another one; the file's number. */
  setFile(name: string, key: number): number {
    this.#changes += 1;
    const known = this.#files.get(name);
    if (known !== undefined) {
      this.#rearrangements += 1;
      this.#rekeyings += 1;
      this.#filesOfKeys.forget();
      this.#fileKeys[known] = key;
      return known;
    }
    const file = this.#fileNames.length;
    this.#files.set(name, file);
    this.#fileNames.push(name);
    this.#fileKeys = longerInts(this.#fileKeys, this.#fileNames.length);
    this.#fileKeys[file] = key;
    this.#order.add(file);
    if (!this.#filesOfKeys.add(file, key)) this.#rearrangements += 1;
    return file;
  }

  /** Takes a file away; its number and its name go on to stand for what it was. */
  removeFile(file: number): void {
    if (this.#files.get(this.fileName(file)) !== file) return;
    this.#files.delete(this.fileName(file));
    this.#order.remove(file);
    this.#changes += 1;
    this.#rearrangements += 1;
  }

  /** Whether a number stands for a file that was removed. */
  isRemoved(file: number): boolean {
    if (this.#files.size === this.#fileNames.length) return false;
    return this.#files.get(this.fileName(file)) !== file;
  }

  file(name: string): number | undefined {
    return this.#files.get(name);
  }

  fileName(file: number): string {
    return this.#fileNames[file] ?? '';
  }

  keyOf(file: number): number {
    return this.#fileKeys[file] ?? 0;
  }

  /** The files that have a key. */
  *filesOf(key: number): Generator<number> {
    for (const file of this.#filesOfKeys.of(key, this.#fileKeys, this.fileNumbers)) {
      if (!this.isRemoved(file)) yield file;
    }
  }

  /** All files in the order of the bytes of their names; another array when any came or went. */
  order(): Int32Array {
    return this.#order.get();
  }

  /** The place of the first file in {@link order} that comes after another, which may be gone. */
  placeAfter(file: number): number {
    return this.#order.placeAfter(this.fileName(file));
  }
}
