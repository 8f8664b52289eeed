import { SplitMix, unsignedWord } from './split-mix.ts';

/** Bytes of a blob, which UUIDs and keys are made from. */
const blobBytes = 1024;

/** A seed as two signed halves of 32 bits. */
export interface Seed {
  readonly high: number;
  readonly low: number;
}

/**
 * All chance in a simulation. Every decision makes a fresh generator from the seed, draws what it needs,
 * and one word more, which is the next seed (spec/sim.md section 5).
 */
export class Randomness {
  #high = 0;
  #low = 0;
  readonly #generator = new SplitMix();

  constructor(seed: bigint) {
    this.seed = seed;
  }

  /** The current seed, signed, 64 bits: all there is to save. */
  get seed(): bigint {
    return BigInt.asIntN(64, unsignedWord(this.#high, this.#low));
  }

  set seed(seed: bigint) {
    this.#high = Number(BigInt.asIntN(32, seed >> 32n));
    this.#low = Number(BigInt.asIntN(32, seed));
  }

  /** The current seed, for who makes the blob of a later decision when it is needed. */
  mark(): Seed {
    return { high: this.#high, low: this.#low };
  }

  reset({ high, low }: Seed): void {
    this.#high = high;
    this.#low = low;
  }

  /** A whole number from 0 to `count - 1`, where `count` is from 1 to 2^53. One decision. */
  below(count: number): number {
    this.#begin();
    const drawn = this.#upTo(count - 1);
    this.#end();
    return drawn;
  }

  /** A whole number from one bound to the other, in whichever order; at most 2^64 apart. One decision. */
  between(one: bigint, other: bigint): bigint {
    const [least, most] = one < other ? [one, other] : [other, one];
    const spread = most - least;
    if (spread <= BigInt(Number.MAX_SAFE_INTEGER)) {
      return least + BigInt(this.below(Number(spread) + 1));
    }
    const mask = (1n << BigInt(spread.toString(2).length)) - 1n;
    this.#begin();
    let drawn: bigint;
    do {
      this.#generator.next();
      drawn = unsignedWord(this.#generator.high, this.#generator.low) & mask;
    } while (drawn > spread);
    this.#end();
    return least + drawn;
  }

  /** Heads is true. One decision. */
  coin(): boolean {
    return this.below(2) === 1;
  }

  /** The decision about a blob, whose bytes are made later from the seed of before, or never. */
  skipBlob(): void {
    this.#begin();
    this.#generator.skip(blobBytes);
    this.#end();
  }

  /** Several draws that are one decision: each is from 0 to the number given. */
  together<T>(decide: (upTo: (most: number) => number) => T): T {
    this.#begin();
    const decided = decide((most) => this.#upTo(most));
    this.#end();
    return decided;
  }

  #begin(): void {
    this.#generator.start(this.#high, this.#low);
  }

  #end(): void {
    this.#generator.next();
    this.#high = this.#generator.high;
    this.#low = this.#generator.low;
  }

  /**
   * "Words masked to the bit length of d (at least 1 bit) until one is not above d" (spec/sim.md
   * section 5.2).
   */
  #upTo(most: number): number {
    if (most === 0) return 0;
    const generator = this.#generator;
    if (most <= 0x7fffffff) {
      const mask = 0xffffffff >>> Math.clz32(most);
      for (;;) {
        generator.next();
        const drawn = generator.low & mask;
        if (drawn <= most) return drawn;
      }
    }
    const upper = Math.floor(most / 2 ** 32);
    const upperMask = upper === 0 ? 0 : 0xffffffff >>> Math.clz32(upper);
    for (;;) {
      generator.next();
      const drawn = ((generator.high & upperMask) >>> 0) * 2 ** 32 + (generator.low >>> 0);
      if (drawn <= most) return drawn;
    }
  }
}

/** The blob of the decision that began with a seed: its bytes reversed, as git-annex has them. */
export function blobOf({ high, low }: Seed): Uint8Array<ArrayBuffer> {
  const generator = new SplitMix();
  generator.start(high, low);
  const blob = new Uint8Array(blobBytes);
  for (let place = blobBytes - 1; place >= 0; place -= 1) {
    generator.next();
    blob[place] = generator.low & 0xff;
  }
  return blob;
}
