/**
 * SplitMix, the generator that git-annex's simulator draws from (spec/sim.md section 5.1). A word of 64
 * bits is two signed halves of 32: a file takes a thousand words, which bigints are too slow for.
 */
export class SplitMix {
  #stateHigh = 0;
  #stateLow = 0;
  #gammaHigh = 0;
  #gammaLow = 1;
  /** The upper half of the last word. */
  high = 0;
  /** The lower half of the last word. */
  low = 0;

  /** Begins anew from a seed: `state = M(seed)`, `gamma = G(seed + golden ratio)`. */
  start(seedHigh: number, seedLow: number): void {
    this.#mix(seedHigh, seedLow);
    this.#stateHigh = this.high;
    this.#stateLow = this.low;
    const low = (seedLow + goldenLow) | 0;
    this.#mixGamma((seedHigh + goldenHigh + carry(low, seedLow)) | 0, low);
    this.#gammaHigh = this.high;
    this.#gammaLow = this.low;
  }

  /** Draws the next word, to be read from {@link high} and {@link low}. */
  next(): void {
    const low = (this.#stateLow + this.#gammaLow) | 0;
    this.#stateHigh = (this.#stateHigh + this.#gammaHigh + carry(low, this.#gammaLow)) | 0;
    this.#stateLow = low;
    this.#mix(this.#stateHigh, low);
  }

  /** Draws a number of words, and none of them is looked at: at no cost. */
  skip(words: number): void {
    const high = (upperProduct(this.#gammaLow, words) + Math.imul(this.#gammaHigh, words)) | 0;
    const product = Math.imul(this.#gammaLow, words);
    const low = (this.#stateLow + product) | 0;
    this.#stateHigh = (this.#stateHigh + high + carry(low, product)) | 0;
    this.#stateLow = low;
  }

  /** State and gamma, for those who check them. */
  inner(): { readonly state: bigint; readonly gamma: bigint } {
    return {
      state: unsignedWord(this.#stateHigh, this.#stateLow),
      gamma: unsignedWord(this.#gammaHigh, this.#gammaLow),
    };
  }

  /** `M` of spec/sim.md section 5.1. */
  #mix(seedHigh: number, seedLow: number): void {
    this.high = seedHigh;
    this.low = seedLow ^ (seedHigh >>> 1);
    this.#multiply(0xff51afd7 | 0, 0xed558ccd | 0);
    this.low ^= this.high >>> 1;
    this.#multiply(0xc4ceb9fe | 0, 0x1a85ec53);
    this.low ^= this.high >>> 1;
  }

  /** `G` of spec/sim.md section 5.1. */
  #mixGamma(high: number, low: number): void {
    this.high = high ^ (high >>> 30);
    this.low = low ^ ((low >>> 30) | (high << 2));
    this.#multiply(0xbf58476d | 0, 0x1ce4e5b9);
    this.#foldDown(27);
    this.#multiply(0x94d049bb | 0, 0x133111eb);
    this.#foldDown(31);
    this.low |= 1;
    const { high: top, low: bottom } = this;
    const changes = ones(top ^ (top >>> 1)) + ones(bottom ^ ((bottom >>> 1) | (top << 31)));
    if (changes >= 24) return;
    this.high ^= 0xaaaaaaaa | 0;
    this.low ^= 0xaaaaaaaa | 0;
  }

  #foldDown(bits: number): void {
    const { high, low } = this;
    this.high = high ^ (high >>> bits);
    this.low = low ^ ((low >>> bits) | (high << (32 - bits)));
  }

  #multiply(high: number, low: number): void {
    const { high: ownHigh, low: ownLow } = this;
    this.high = (upperProduct(ownLow, low) + Math.imul(ownHigh, low) + Math.imul(ownLow, high)) | 0;
    this.low = Math.imul(ownLow, low);
  }
}

const goldenHigh = 0x9e3779b9 | 0;
const goldenLow = 0x7f4a7c15;

/** What a sum of two halves carries, told by the sum and one of them. */
function carry(sum: number, addend: number): number {
  return sum >>> 0 < addend >>> 0 ? 1 : 0;
}

/** The upper 32 bits of the product of two halves taken as unsigned. */
function upperProduct(left: number, right: number): number {
  const leftHigh = left >>> 16;
  const leftLow = left & 0xffff;
  const rightHigh = right >>> 16;
  const rightLow = right & 0xffff;
  const lowest = Math.imul(leftLow, rightLow) >>> 16;
  const middle = (Math.imul(leftHigh, rightLow) >>> 0) + lowest;
  const other = (Math.imul(leftLow, rightHigh) >>> 0) + (middle & 0xffff);
  return (Math.imul(leftHigh, rightHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}

function ones(half: number): number {
  let bits = half - ((half >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** A word as a number from 0 to 2^64 - 1. */
export function unsignedWord(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
