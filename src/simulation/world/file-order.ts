import { compareBytes, needsBytes } from '../../units/index.ts';
import { longerInts, type Ints } from './growing.ts';

/** Up to so many files that have come are put in their places one by one. */
const fewFiles = 16;

/** The numbers of files, in the order of the bytes of their names. */
export class FileOrder {
  readonly #nameOf: (file: number) => string;
  readonly #numberOf: (name: string) => number;
  #room: Ints = new Int32Array(0);
  #order: Int32Array = this.#room;
  /** Files that have come since the order was made. */
  #new: number[] = [];
  #gone = new Set<number>();

  constructor(names: {
    readonly nameOf: (file: number) => string;
    /** Of a file that was not removed. */
    readonly numberOf: (name: string) => number;
  }) {
    this.#nameOf = names.nameOf;
    this.#numberOf = names.numberOf;
  }

  add(file: number): void {
    this.#new.push(file);
  }

  remove(file: number): void {
    this.#gone.add(file);
  }

  /** All files; another array when any came or went. */
  get(): Int32Array {
    if (this.#new.length === 0 && this.#gone.size === 0) return this.#order;
    if (this.#new.length <= fewFiles && this.#gone.size === 0) {
      for (const file of this.#new) this.#insert(file);
    } else this.#sort();
    this.#new = [];
    this.#gone.clear();
    return this.#order;
  }

  #insert(file: number): void {
    const { length } = this.#order;
    const place = this.placeAfter(this.#nameOf(file));
    this.#room = longerInts(this.#room, length + 1);
    this.#room.copyWithin(place + 1, place, length);
    this.#room[place] = file;
    this.#order = this.#room.subarray(0, length + 1);
  }

  /** What was in order stays so, which makes sorting short. */
  #sort(): void {
    const names: string[] = [];
    for (const files of [this.#order, this.#new]) {
      for (const file of files) if (!this.#gone.has(file)) names.push(this.#nameOf(file));
    }
    const sorted = names.some(needsBytes) ? names.toSorted(compareBytes) : names.toSorted();
    this.#room = Int32Array.from(sorted, this.#numberOf);
    this.#order = this.#room;
  }

  /** How many files have names up to this one, among those that {@link get} gave last. */
  placeAfter(name: string): number {
    let [least, most] = [0, this.#order.length];
    while (least < most) {
      const middle = (least + most) >>> 1;
      if (compareBytes(this.#nameOf(this.#order[middle] ?? 0), name) <= 0) least = middle + 1;
      else most = middle;
    }
    return least;
  }
}
