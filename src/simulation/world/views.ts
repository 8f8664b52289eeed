/**
 * What each repository believes about where contents are (spec/sim.md section 3).
 *
 * A view has a column for each repository, with a cell for each key: the clock of the last change times
 * two, plus one when the content is there; 0 for nothing known. Beside them stands one bit a repository
 * for each key, which is what questions read. Columns are made when something is known.
 */
import type { Contents } from './contents.ts';
import { longerInts, type Ints } from './growing.ts';
import { Totals } from './totals.ts';

/** The largest clock that a cell holds. */
export const clockMax: number = 2 ** 30 - 1;

/** What a change did to a view, for taking it back. */
export interface Undo {
  readonly view: number;
  readonly repository: number;
  readonly key: number;
  readonly cell: number;
  readonly driftBytes: bigint;
  readonly isListed: boolean;
}

interface View {
  /** By repository / 32: a bit a repository for each key. */
  readonly bits: Ints[];
  readonly columns: (Ints | undefined)[];
  /** How often a column changed; for knowing that there is nothing to merge. */
  readonly changes: number[];
  /** Bytes that each repository holds, by this view. */
  readonly bytes: Totals;
  readonly counts: number[];
  /** By how much the running total is off (spec/sim.md section 12.5). */
  readonly driftBytes: bigint[];
  /** Whether the running total of a repository exists. */
  readonly isListed: boolean[];
  /** By source and column: the changes of both when they were last merged. */
  readonly merged: Map<number, { readonly source: number[]; readonly own: number[] }>;
  /** How often anything about sizes changed. */
  sizeChanges: number;
}

export class Views {
  readonly #contents: Contents;
  readonly #views: View[] = [];
  /** Changes are noted here while it is set. */
  undo: Undo[] | undefined;
  /** Whether a change needs a clock above that of the cell (spec/sim.md section 12.5). */
  readonly #hasTies: boolean;
  #writes = 0;

  constructor(contents: Contents, hasTies: boolean) {
    this.#contents = contents;
    this.#hasTies = hasTies;
  }

  /** How many cells were written: a number that changes with any view. */
  get writes(): number {
    return this.#writes;
  }

  /** How many repositories there are; each has a view. */
  get count(): number {
    return this.#views.length;
  }

  /** A new repository: with an empty view, unknown to the others. */
  add(): number {
    this.#views.push(emptyView());
    return this.#views.length - 1;
  }

  /** Forgets all that a repository knows. */
  clear(view: number): void {
    this.#views[view] = emptyView();
    for (const other of this.#views) other.merged.delete(view);
  }

  /** Whether a repository holds a key, in a view. */
  holds(view: number, repository: number, key: number): boolean {
    const word = this.#views[view]?.bits[repository >>> 5]?.[key] ?? 0;
    return ((word >>> (repository & 31)) & 1) === 1;
  }

  /** The holders among the 32 repositories from `32 * block` on, a bit for each. */
  holders(view: number, key: number, block: number): number {
    return this.#views[view]?.bits[block]?.[key] ?? 0;
  }

  /** The bits of a block, for loops; an empty array when nothing is known. */
  bits(view: number, block: number): Ints {
    return this.#views[view]?.bits[block] ?? nothing;
  }

  /** The clock and state of a cell, as it is kept. */
  cell(view: number, repository: number, key: number): number {
    return this.#views[view]?.columns[repository]?.[key] ?? 0;
  }

  /** Notes a change in one view: a repository has the key now, or has it no more. */
  set(view: number, repository: number, key: number, isPresent: boolean, clock: number): void {
    const own = this.#of(view);
    const cell = own.columns[repository]?.[key] ?? 0;
    const was = (cell & 1) === 1;
    if (this.undo !== undefined) this.#note(own, view, repository, key, cell);
    const isWritten = cell === 0 || !this.#hasTies || cell >> 1 < clock;
    if (isWritten) {
      this.#write(own, repository, key, clock * 2 + (isPresent ? 1 : 0));
      if (was !== isPresent) this.#flip(own, repository, key, isPresent);
    } else if (was !== isPresent) {
      const bytes = this.#contents.bytes(key);
      own.driftBytes[repository] =
        (own.driftBytes[repository] ?? 0n) + (isPresent ? bytes : -bytes);
    }
    if (was === isPresent) return;
    own.isListed[repository] = true;
    own.sizeChanges += 1;
  }

  /**
   * "For every entry of the source: the target keeps its own if its clock is strictly greater." What has
   * not changed since the last time is passed over.
   */
  merge(source: number, target: number): void {
    const from = this.#of(source);
    const into = this.#of(target);
    let last = into.merged.get(source);
    if (last === undefined) into.merged.set(source, (last = { source: [], own: [] }));
    for (const [repository, column] of from.columns.entries()) {
      if (column === undefined) continue;
      const isSame =
        last.source[repository] === (from.changes[repository] ?? 0) &&
        (!this.#hasTies || last.own[repository] === (into.changes[repository] ?? 0));
      if (isSame) continue;
      this.#mergeColumn(column, into, target, repository);
      last.source[repository] = from.changes[repository] ?? 0;
      last.own[repository] = into.changes[repository] ?? 0;
    }
    this.#settleSizes(into);
  }

  /** Whether a merge would teach the target anything. */
  wouldMerge(source: number, target: number): boolean {
    const into = this.#of(target);
    return this.#of(source).columns.some((column, repository) =>
      column?.some((theirs, key) => {
        const ours = into.columns[repository]?.[key] ?? 0;
        return theirs !== ours && theirs !== 0 && ours >> 1 <= theirs >> 1;
      }),
    );
  }

  #mergeColumn(column: Ints, into: View, target: number, repository: number): void {
    const own = this.#longColumn(into, repository);
    const bits = this.#longBits(into, repository >>> 5);
    const bit = 1 << (repository & 31);
    let writes = 0;
    for (let key = 0; key < column.length; key += 1) {
      const theirs = column[key] ?? 0;
      const ours = own[key] ?? 0;
      if (theirs === ours || theirs === 0 || ours >> 1 > theirs >> 1) continue;
      if (this.undo !== undefined) this.#note(into, target, repository, key, ours);
      own[key] = theirs;
      writes += 1;
      if (((theirs ^ ours) & 1) === 0) continue;
      bits[key] = (bits[key] ?? 0) ^ bit;
      this.#count(into, repository, key, (theirs & 1) === 1);
    }
    into.changes[repository] = (into.changes[repository] ?? 0) + writes;
    this.#writes += writes;
  }

  /** "Live sizes are recomputed" after a merge: of those with a content, as they are. */
  #settleSizes(into: View): void {
    if (this.undo !== undefined) return;
    for (let repository = 0; repository < this.#views.length; repository += 1) {
      into.driftBytes[repository] = 0n;
      into.isListed[repository] = (into.counts[repository] ?? 0) > 0;
    }
    into.sizeChanges += 1;
  }

  /** Takes back what was noted, the last change first. */
  takeBack(undo: readonly Undo[]): void {
    for (const change of undo.toReversed()) {
      const { view, repository, key, cell } = change;
      const own = this.#of(view);
      own.merged.clear();
      const now = own.columns[repository]?.[key] ?? 0;
      this.#write(own, repository, key, cell);
      if (((now ^ cell) & 1) === 1) this.#flip(own, repository, key, (cell & 1) === 1);
      own.driftBytes[repository] = change.driftBytes;
      own.isListed[repository] = change.isListed;
      own.sizeChanges += 1;
    }
  }

  /** Bytes of the keys that a repository holds, in a view. */
  bytes(view: number, repository: number): bigint {
    return this.#of(view).bytes.get(repository);
  }

  /** How many keys a repository holds, in a view. */
  keyCount(view: number, repository: number): number {
    return this.#of(view).counts[repository] ?? 0;
  }

  /** The running total of a repository in a view, `undefined` when there is none. */
  liveBytes(view: number, repository: number): bigint | undefined {
    const own = this.#of(view);
    if (own.isListed[repository] !== true) return undefined;
    return own.bytes.get(repository) + (own.driftBytes[repository] ?? 0n);
  }

  /** A number that changes with any size in a view. */
  sizeChanges(view: number): number {
    return this.#of(view).sizeChanges;
  }

  /** Puts a saved cell back. */
  restore(view: number, repository: number, key: number, cell: number): void {
    const own = this.#of(view);
    this.#write(own, repository, key, cell);
    if ((cell & 1) === 1) this.#flip(own, repository, key, true);
  }

  /** Puts a saved running total back; see {@link liveBytes}. */
  restoreLive(view: number, repository: number, liveBytes: bigint | undefined): void {
    const own = this.#of(view);
    own.isListed[repository] = liveBytes !== undefined;
    own.driftBytes[repository] =
      liveBytes === undefined ? 0n : liveBytes - own.bytes.get(repository);
  }

  #of(view: number): View {
    const own = this.#views[view];
    if (own === undefined) throw new RangeError(`there is no repository ${view}`);
    return own;
  }

  #note(own: View, view: number, repository: number, key: number, cell: number): void {
    this.undo?.push({
      view,
      repository,
      key,
      cell,
      driftBytes: own.driftBytes[repository] ?? 0n,
      isListed: own.isListed[repository] ?? false,
    });
  }

  #write(own: View, repository: number, key: number, cell: number): void {
    let column = own.columns[repository];
    if (column === undefined || key >= column.length) column = this.#longColumn(own, repository);
    column[key] = cell;
    this.#writes += 1;
    own.changes[repository] = (own.changes[repository] ?? 0) + 1;
  }

  #flip(own: View, repository: number, key: number, isPresent: boolean): void {
    const block = repository >>> 5;
    let bits = own.bits[block];
    if (bits === undefined || key >= bits.length) bits = this.#longBits(own, block);
    bits[key] = (bits[key] ?? 0) ^ (1 << (repository & 31));
    this.#count(own, repository, key, isPresent);
  }

  #count(own: View, repository: number, key: number, isPresent: boolean): void {
    own.counts[repository] = (own.counts[repository] ?? 0) + (isPresent ? 1 : -1);
    const small = this.#contents.smallBytes(key);
    if (Number.isNaN(small)) own.bytes.addLarge(repository, isPresent, this.#contents.bytes(key));
    else own.bytes.add(repository, isPresent ? small : -small);
  }

  /** A column with a cell for every key: those that come late are as long as there are keys. */
  #longColumn(own: View, repository: number): Ints {
    const column = longerInts(own.columns[repository] ?? nothing, this.#contents.keyCount);
    own.columns[repository] = column;
    return column;
  }

  #longBits(own: View, block: number): Ints {
    for (let earlier = own.bits.length; earlier < block; earlier += 1) own.bits[earlier] = nothing;
    const bits = longerInts(own.bits[block] ?? nothing, this.#contents.keyCount);
    own.bits[block] = bits;
    return bits;
  }
}

const nothing: Ints = new Int32Array(0);

function emptyView(): View {
  return {
    bits: [],
    columns: [],
    changes: [],
    bytes: new Totals(),
    counts: [],
    driftBytes: [],
    isListed: [],
    merged: new Map(),
    sizeChanges: 0,
  };
}
