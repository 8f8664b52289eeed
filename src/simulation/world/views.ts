/**
 * What each repository believes about where contents are, how that changes, and how repositories learn from
 * each other (spec/sim.md section 3).
 *
 * A cell is the clock of the last change times two, plus one when the content is there; 0 for nothing known.
 * Questions read the bits beside the cells. Columns are made when something is known.
 */
import type { Contents } from './contents.ts';
import type { Ints } from './growing.ts';
import { LastWrites } from './last-writes.ts';
import { nothing, View, type Merged } from './view.ts';

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

/** What each repository believes of where contents are: a cell for each view, key and repository. */
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

  /** A number that changes with any view: how many cells were written, and views forgotten. */
  get writes(): number {
    return this.#writes;
  }

  /** How many repositories there are; each has a view. */
  get count(): number {
    return this.#views.length;
  }

  /** A new repository: with an empty view, unknown to the others. */
  add(): number {
    this.#views.push(new View(this.#contents));
    return this.#views.length - 1;
  }

  /** Forgets all that a repository knows. */
  clear(view: number): void {
    const { lastWrites, sizeChanges } = this.#of(view);
    const empty = new View(this.#contents);
    empty.sizeChanges = sizeChanges + 1;
    this.#writes += 1;
    // Behind all that was there: nobody is up to date with it.
    if (lastWrites !== undefined) empty.lastWrites = new LastWrites(lastWrites.end + 1);
    this.#views[view] = empty;
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
      own.write(repository, key, clock * 2 + (isPresent ? 1 : 0));
      this.#writes += 1;
      if (was !== isPresent) own.flip(repository, key, isPresent);
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
    if (last === undefined) {
      into.merged.set(source, (last = { source: [], own: [], lastWritesEnd: undefined }));
    }
    const { writes } = this;
    const isRenewed = this.#mergeNew(from, into, last);
    for (const [repository, column] of from.columns.entries()) {
      if (column === undefined) continue;
      const isSame =
        isRenewed ||
        (last.source[repository] === (from.changes[repository] ?? 0) &&
          (!this.#hasTies || last.own[repository] === (into.changes[repository] ?? 0)));
      if (!isSame) this.#mergeColumn(column, into, target, repository);
      last.source[repository] = from.changes[repository] ?? 0;
      last.own[repository] = into.changes[repository] ?? 0;
    }
    last.lastWritesEnd = from.lastWrites?.end;
    if (this.undo !== undefined) return;
    // Without ties sizes are what they were when nothing was written.
    if (this.#hasTies || this.writes !== writes) into.settleSizes(this.#views.length);
  }

  /** Merges what the source has written since the last time; false when that is not known. */
  #mergeNew({ lastWrites, columns }: View, into: View, { lastWritesEnd }: Merged): boolean {
    if (lastWrites === undefined || lastWritesEnd === undefined) return false;
    if (this.#hasTies || this.undo !== undefined || !lastWrites.remembers(lastWritesEnd))
      return false;
    lastWrites.tell(lastWritesEnd, (repository, key) => {
      const theirs = columns[repository]?.[key] ?? 0;
      const ours = into.columns[repository]?.[key] ?? 0;
      if (theirs === ours || theirs === 0 || ours >> 1 > theirs >> 1) return;
      into.write(repository, key, theirs);
      this.#writes += 1;
      if (((theirs ^ ours) & 1) === 1) into.flip(repository, key, (theirs & 1) === 1);
    });
    return true;
  }

  /** What was written in a view last; it is noted from the first time on that this is asked for. */
  lastWrites(view: number): LastWrites {
    return (this.#of(view).lastWrites ??= new LastWrites());
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
    const own = into.longColumn(repository);
    const bits = into.longBits(repository >>> 5);
    const bit = 1 << (repository & 31);
    let writes = 0;
    for (let key = 0; key < column.length; key += 1) {
      const theirs = column[key] ?? 0;
      const ours = own[key] ?? 0;
      if (theirs === ours || theirs === 0 || ours >> 1 > theirs >> 1) continue;
      if (this.undo !== undefined) this.#note(into, target, repository, key, ours);
      own[key] = theirs;
      into.lastWrites?.add(repository, key);
      writes += 1;
      if (((theirs ^ ours) & 1) === 0) continue;
      bits[key] = (bits[key] ?? 0) ^ bit;
      into.count(repository, key, (theirs & 1) === 1);
    }
    into.changes[repository] = (into.changes[repository] ?? 0) + writes;
    this.#writes += writes;
  }

  /** Takes back what was noted, the last change first. */
  takeBack(undo: readonly Undo[]): void {
    for (const change of undo.toReversed()) {
      const { view, repository, key, cell } = change;
      const own = this.#of(view);
      own.merged.clear();
      const now = own.columns[repository]?.[key] ?? 0;
      own.write(repository, key, cell);
      this.#writes += 1;
      if (((now ^ cell) & 1) === 1) own.flip(repository, key, (cell & 1) === 1);
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
    own.write(repository, key, cell);
    this.#writes += 1;
    if ((cell & 1) === 1) own.flip(repository, key, true);
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
}
