/**
 * What one repository believes about where contents are (spec/sim.md section 3): a column for each
 * repository, with a cell for each key, and beside them one bit a repository for each key.
 */
import type { Contents } from './contents.ts';
import { longerInts, type Ints } from './growing.ts';
import type { LastWrites } from './last-writes.ts';
import { Totals } from './totals.ts';

/** What is known when nothing is. */
export const nothing: Ints = new Int32Array(0);

/** How a source and a view were when the one was merged into the other. */
export interface Merged {
  /** By column: the changes of both. */
  readonly source: number[];
  readonly own: number[];
  /** How far the last writes of the source went; `undefined` when they were not kept. */
  lastWritesEnd: number | undefined;
}

/** One view, as it is kept; what changes mean is for {@link Views}. */
export class View {
  readonly #contents: Contents;
  /** By repository / 32: a bit a repository for each key. */
  readonly bits: Ints[] = [];
  readonly columns: (Ints | undefined)[] = [];
  /** How often a column changed; for knowing that there is nothing to merge. */
  readonly changes: number[] = [];
  /** Bytes that each repository holds, by this view. */
  readonly bytes: Totals = new Totals();
  readonly counts: number[] = [];
  /** By how much the running total is off (spec/sim.md section 12.5). */
  readonly driftBytes: bigint[] = [];
  /** Whether the running total of a repository exists. */
  readonly isListed: boolean[] = [];
  /** By source: how both were when they were last merged. */
  readonly merged: Map<number, Merged> = new Map();
  /** What was written last, where that is kept. */
  lastWrites: LastWrites | undefined;
  /** How often anything about sizes changed. */
  sizeChanges = 0;

  constructor(contents: Contents) {
    this.#contents = contents;
  }

  /** Puts a cell in place, without what follows from it. */
  write(repository: number, key: number, cell: number): void {
    let column = this.columns[repository];
    if (column === undefined || key >= column.length) column = this.longColumn(repository);
    column[key] = cell;
    this.lastWrites?.add(repository, key);
    this.changes[repository] = (this.changes[repository] ?? 0) + 1;
  }

  /** A content came or went: its bit is turned over, and the sums follow. */
  flip(repository: number, key: number, isPresent: boolean): void {
    const block = repository >>> 5;
    let bits = this.bits[block];
    if (bits === undefined || key >= bits.length) bits = this.longBits(block);
    bits[key] = (bits[key] ?? 0) ^ (1 << (repository & 31));
    this.count(repository, key, isPresent);
  }

  /** A content came or went, in the sums. */
  count(repository: number, key: number, isPresent: boolean): void {
    this.counts[repository] = (this.counts[repository] ?? 0) + (isPresent ? 1 : -1);
    const small = this.#contents.smallBytes(key);
    if (Number.isNaN(small)) this.bytes.addLarge(repository, isPresent, this.#contents.bytes(key));
    else this.bytes.add(repository, isPresent ? small : -small);
  }

  /** A column with a cell for every key: those that come late are as long as there are keys. */
  longColumn(repository: number): Ints {
    const column = longerInts(this.columns[repository] ?? nothing, this.#contents.keyCount);
    this.columns[repository] = column;
    return column;
  }

  /** The bits of a block, one word for every key. */
  longBits(block: number): Ints {
    for (let earlier = this.bits.length; earlier < block; earlier += 1)
      this.bits[earlier] = nothing;
    const bits = longerInts(this.bits[block] ?? nothing, this.#contents.keyCount);
    this.bits[block] = bits;
    return bits;
  }

  /** "Live sizes are recomputed" after a merge: of those with a content, as they are. */
  settleSizes(repositoryCount: number): void {
    for (let repository = 0; repository < repositoryCount; repository += 1) {
      this.driftBytes[repository] = 0n;
      this.isListed[repository] = (this.counts[repository] ?? 0) > 0;
    }
    this.sizeChanges += 1;
  }
}
