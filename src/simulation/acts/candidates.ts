/**
 * Numbers from 0 on, of which some are taken out one after the other, each told by its place among those
 * left. A bit for each number, and over the bits a tree of counts with many branches, nearly all of which
 * stays in the caches: from tens of millions of candidates one is drawn in a fraction of a microsecond.
 */
export class Candidates {
  readonly #bits: Int32Array;
  /** From the leaves up: how many are left in each block of bits, in each run of blocks, and so on. */
  readonly #levels: readonly Int32Array[];
  #left: number;

  constructor(count: number) {
    const words = Math.ceil(count / 32);
    this.#bits = new Int32Array(words).fill(-1);
    if (count % 32 !== 0) this.#bits[words - 1] = (1 << (count % 32)) - 1;
    this.#left = count;
    const levels: Int32Array[] = [];
    for (let width = blockBits; ; width *= branches) {
      const level = new Int32Array(Math.max(1, Math.ceil(count / width))).fill(width);
      level[level.length - 1] = count - (level.length - 1) * width;
      levels.push(level);
      if (level.length <= branches) break;
    }
    this.#levels = levels;
  }

  /** How many are left. */
  get left(): number {
    return this.#left;
  }

  /** Takes out the one that has so many before it. */
  take(index: number): number {
    if (index >= this.#left) throw new RangeError('there are fewer candidates left');
    this.#left -= 1;
    let rest = index;
    let place = 0;
    for (let depth = this.#levels.length - 1; depth >= 0; depth -= 1) {
      const level = this.#levels[depth];
      if (level === undefined) break;
      place *= branches;
      for (let count = level[place] ?? 0; count <= rest; count = level[place] ?? 0) {
        rest -= count;
        place += 1;
      }
      level[place] = (level[place] ?? 0) - 1;
    }
    return this.#takeFrom(place * blockWords, rest);
  }

  #takeFrom(firstWord: number, index: number): number {
    const bits = this.#bits;
    let word = firstWord;
    let rest = index;
    let own = bits[word] ?? 0;
    for (let count = ones(own); count <= rest; count = ones(own)) {
      rest -= count;
      word += 1;
      own = bits[word] ?? 0;
    }
    const place = placeOf(own, rest);
    bits[word] = own & ~(1 << place);
    return word * 32 + place;
  }

  /** Calls back for each one left, in order, until it is told to stop; whether it was. */
  some(isFound: (candidate: number) => boolean): boolean {
    const bits = this.#bits;
    if (this.#left === 0) return false;
    for (let word = 0; word < bits.length; word += 1) {
      for (let left = bits[word] ?? 0; left !== 0; left &= left - 1) {
        if (isFound(word * 32 + (31 - Math.clz32(left & -left)))) return true;
      }
    }
    return false;
  }

  /** Takes all out. */
  clear(): void {
    this.#left = 0;
  }
}

const blockBits = 512;
const blockWords = blockBits / 32;
const branches = 32;

/** The place of the bit that has so many ones below it. */
function placeOf(word: number, index: number): number {
  let place = 0;
  let rest = index;
  for (let width = 16; width > 0; width >>>= 1) {
    const below = ones((word >>> place) & ((1 << width) - 1));
    if (below <= rest) {
      rest -= below;
      place += width;
    }
  }
  return place;
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
