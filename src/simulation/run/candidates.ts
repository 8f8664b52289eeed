/**
 * Numbers from 0 on, of which some are taken out one after the other, each told by its place among those
 * left. A bit for each number, and a Fenwick tree over blocks of bits that fits in the caches: tens of
 * millions of candidates are drawn from in fractions of a microsecond.
 */
export class Candidates {
  readonly #bits: Int32Array;
  /** By block + 1: how many are left in a run of blocks that ends there. */
  readonly #tree: Uint32Array;
  readonly #highestStep: number;
  #left: number;

  constructor(count: number) {
    const words = Math.ceil(count / 32);
    this.#bits = new Int32Array(words).fill(-1);
    if (count % 32 !== 0) this.#bits[words - 1] = (1 << (count % 32)) - 1;
    this.#left = count;
    const blocks = Math.ceil(count / blockBits);
    this.#tree = new Uint32Array(blocks + 1);
    for (let block = 1; block <= blocks; block += 1) {
      const first = (block - (block & -block)) * blockBits;
      this.#tree[block] = Math.min(count, block * blockBits) - first;
    }
    this.#highestStep = blocks === 0 ? 0 : 1 << (31 - Math.clz32(blocks));
  }

  /** How many are left. */
  get left(): number {
    return this.#left;
  }

  /** Takes out the one that has so many before it. */
  take(index: number): number {
    const tree = this.#tree;
    let block = 0;
    let rest = index;
    for (let step = this.#highestStep; step > 0; step >>>= 1) {
      const next = block + step;
      if (next >= tree.length) continue;
      const count = tree[next] ?? 0;
      if (count <= rest) {
        rest -= count;
        block = next;
      } else tree[next] = count - 1;
    }
    this.#left -= 1;
    return this.#takeFrom(block * blockWords, rest);
  }

  #takeFrom(firstWord: number, index: number): number {
    const bits = this.#bits;
    let word = firstWord;
    let rest = index;
    let own = bits[word] ?? 0;
    for (let count = ones(own); count <= rest; count = ones(own)) {
      rest -= count;
      word += 1;
      if (word >= bits.length) throw new RangeError('there are fewer candidates left');
      own = bits[word] ?? 0;
    }
    let left = own;
    for (; rest > 0; rest -= 1) left &= left - 1;
    const bit = left & -left;
    bits[word] = own & ~bit;
    return word * 32 + (31 - Math.clz32(bit));
  }

  /** Calls back for each one left, in order, until it is told to stop; whether it was. */
  some(isFound: (candidate: number) => boolean): boolean {
    const bits = this.#bits;
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

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
