/** Which files a connection looks at in a stage of its round. */
import { compareBytes } from '../../units/index.ts';
import type { SimulationParts } from '../acts/runner.ts';
import type { Operation } from '../acts/operations.ts';
import type { LastWrites } from '../world/last-writes.ts';

/** What a search asks. */
type SearchedParts = Pick<SimulationParts, 'contents' | 'views' | 'evaluator'>;

/** How a stage began, from which the same stage of the next round knows what to look at again. */
export interface StageMemory {
  /** How far the last writes went of who acts and of the other. */
  readonly actorEnd: number;
  readonly otherEnd: number;
  /** What outcomes depend on besides views: settings, and sizes where they play a role. */
  readonly settings: number;
  readonly sizes: number;
  /** Keys that may be wanted and could not be done then, for what no last writes tell of. */
  readonly carried: Set<number>;
}

/** Beyond a share of all files it is faster to look at all. */
const shareOfAll = 8;
const fewKeys = 64;

/**
 * A stage under way: all files in order, or only those of which something has changed since the stage of the
 * round before. Both find the same to do: what was not wanted stays so while its key is not written.
 */
export class Search {
  readonly #parts: SearchedParts;
  readonly #operation: Operation;
  /** Of this stage; `undefined` when it was begun elsewhere. */
  readonly memory: StageMemory | undefined;
  readonly #usesSizes: boolean;
  readonly #settings: number;
  readonly #sizes: number;
  /** Files that are left, in order, from `#at` on; `undefined` when all are. */
  #todo: number[] | undefined;
  #at = 0;
  #actorSeen = 0;
  #otherSeen = 0;
  #order: Int32Array | undefined;

  /**
   * @param before how the stage of the round before began, if it is known.
   * @param isBeginning whether this one begins now.
   */
  constructor(
    parts: SearchedParts,
    operation: Operation,
    before: StageMemory | undefined,
    isBeginning: boolean,
  ) {
    this.#parts = parts;
    this.#operation = operation;
    const { evaluator } = parts;
    this.#usesSizes = evaluator.dependsOnSizes(
      operation.actor,
      operation.kind === 'get' ? operation.actor : operation.other,
    );
    this.#settings = this.#settingsNow();
    this.#sizes = this.#sizesNow();
    const [actorEnd, otherEnd] = [
      this.#lastWritesOf(operation.actor).end,
      this.#lastWritesOf(operation.other).end,
    ];
    if (isBeginning) {
      const [settings, sizes] = [this.#settings, this.#sizes];
      this.memory = { actorEnd, otherEnd, settings, sizes, carried: new Set() };
    } else this.memory = undefined;
    this.#actorSeen = actorEnd;
    this.#otherSeen = otherEnd;
    if (isBeginning && before !== undefined) this.#todo = this.#since(before);
  }

  /** To be called before {@link next} when anything may have happened since. */
  goOn(lastFile: number): void {
    if (this.#todo === undefined) return this.#findPlace(lastFile);
    const isSame = this.#settings === this.#settingsNow() && this.#sizes === this.#sizesNow();
    const keys = isSame ? this.#keysSince(this.#actorSeen, this.#otherSeen) : undefined;
    this.#actorSeen = this.#lastWritesOf(this.#operation.actor).end;
    this.#otherSeen = this.#lastWritesOf(this.#operation.other).end;
    if (keys === undefined) {
      this.#todo = undefined;
      return this.#findPlace(lastFile);
    }
    for (const file of this.#filesOf(keys)) this.#insert(file, lastFile);
    return undefined;
  }

  /** The next file; -1 when there is none. */
  next(): number {
    const place = this.#at;
    this.#at += 1;
    return (this.#todo ?? this.#order)?.[place] ?? -1;
  }

  /** What may be wanted and could not be done, or was begun and may break off, is looked at in any case. */
  carry(key: number): void {
    this.memory?.carried.add(key);
  }

  #findPlace(lastFile: number): void {
    const { contents } = this.#parts;
    const order = contents.order();
    if (order === this.#order) return;
    this.#order = order;
    this.#at = lastFile < 0 ? 0 : contents.placeAfter(lastFile);
  }

  /** Files of which something has changed; `undefined` when all may have, or many have. */
  #since(before: StageMemory): number[] | undefined {
    if (before.settings !== this.#settings || before.sizes !== this.#sizes) return undefined;
    const keys = this.#keysSince(before.actorEnd, before.otherEnd);
    if (keys === undefined) return undefined;
    for (const key of before.carried) keys.add(key);
    const { contents } = this.#parts;
    if (keys.size > Math.max(fewKeys, contents.fileCount / shareOfAll)) return undefined;
    return [...this.#filesOf(keys)].sort((left, right) => this.#compare(left, right));
  }

  /** Keys that were written since; `undefined` when that is no longer known. */
  #keysSince(actorEnd: number, otherEnd: number): Set<number> | undefined {
    const { actor, other } = this.#operation;
    const [ofActor, ofOther] = [this.#lastWritesOf(actor), this.#lastWritesOf(other)];
    if (!ofActor.remembers(actorEnd) || !ofOther.remembers(otherEnd)) return undefined;
    const keys = new Set<number>();
    ofActor.tell(actorEnd, (_, key) => keys.add(key));
    // What the other believes of third ones plays no role.
    ofOther.tell(otherEnd, (repository, key) => {
      if (repository === other) keys.add(key);
    });
    return keys;
  }

  *#filesOf(keys: Iterable<number>): Generator<number> {
    for (const key of keys) yield* this.#parts.contents.filesOf(key);
  }

  /** Puts a file in its place, if that is still to come and it is not there. */
  #insert(file: number, lastFile: number): void {
    const todo = this.#todo;
    if (todo === undefined || (lastFile >= 0 && this.#compare(file, lastFile) <= 0)) return;
    let [least, most] = [this.#at, todo.length];
    while (least < most) {
      const middle = (least + most) >>> 1;
      if (this.#compare(todo[middle] ?? 0, file) < 0) least = middle + 1;
      else most = middle;
    }
    if (todo[least] !== file) todo.splice(least, 0, file);
  }

  #compare(left: number, right: number): number {
    const { contents } = this.#parts;
    return compareBytes(contents.fileName(left), contents.fileName(right));
  }

  #lastWritesOf(view: number): LastWrites {
    return this.#parts.views.lastWrites(view);
  }

  #settingsNow(): number {
    return this.#parts.evaluator.renewals + this.#parts.contents.rearrangements;
  }

  #sizesNow(): number {
    return this.#usesSizes ? this.#parts.views.sizeChanges(this.#operation.actor) : 0;
  }
}
