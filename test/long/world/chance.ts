/** Where the seed of a long test comes from, and how much it does: `BALLAST_SEED`, `BALLAST_<NAME>`. */

/** The seed of this run, printed so that a failure can be run again with `BALLAST_SEED`. */
export function seedOf(test: string): number {
  const seed = numberFrom('BALLAST_SEED') ?? Math.floor(Math.random() * 2 ** 31);
  console.log(`${test}: BALLAST_SEED=${seed}`);
  return seed;
}

/** How often, or how long: `BALLAST_<NAME>` where it is set. */
export function amount(name: string, usual: number): number {
  return numberFrom(`BALLAST_${name}`) ?? usual;
}

function numberFrom(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${name} wants a whole number, got ${text}`);
  return value;
}

/** Chance that comes out the same for the same seed (mulberry32, which is in the public domain). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, and not including, 1. */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, and not including, that one. */
  below(end: number): number {
    return Math.floor(this.unit() * end);
  }

  /** Whether something of this probability happens. */
  happens(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const picked = choices[this.below(choices.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count);
    for (let at = 0; at < count; at += 4) {
      const word = Math.floor(this.unit() * 2 ** 32);
      for (let byte = 0; byte < 4 && at + byte < count; byte += 1) {
        bytes[at + byte] = (word >>> (8 * byte)) & 0xff;
      }
    }
    return bytes;
  }
}
