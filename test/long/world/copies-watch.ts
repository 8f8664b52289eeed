import { keysOnDisk } from './agreement.ts';

/** A look is no moment: what moves meanwhile may be seen nowhere, but not so often. */
const looksMax = 4;

/** Watches the disks of several repositories for contents that have too few copies. */
export class CopiesWatch {
  readonly places: readonly string[];
  readonly #numcopies: number;
  /** The most copies that each key has been seen to have. */
  readonly #seen = new Map<string, number>();

  /** @param places git directories. */
  constructor(numcopies: number, places: readonly string[]) {
    this.#numcopies = numcopies;
    this.places = places;
  }

  get keys(): readonly string[] {
    return [...this.#seen.keys()];
  }

  /** @returns the keys that have fewer copies than numcopies, and fewer than they had. */
  look(): string[] {
    const most = new Map<string, number>();
    let missing: string[] = [];
    for (let looks = 0; looks < looksMax; looks += 1) {
      for (const [key, copies] of this.#count()) {
        most.set(key, Math.max(copies, most.get(key) ?? 0));
        this.#seen.set(key, Math.max(copies, this.#seen.get(key) ?? 0));
      }
      missing = this.keys.filter((key) => (most.get(key) ?? 0) < this.#floor(key));
      if (missing.length === 0) return [];
    }
    return missing.map((key) => `${key}: ${most.get(key) ?? 0} of ${this.#floor(key)} copies`);
  }

  #floor(key: string): number {
    return Math.min(this.#numcopies, this.#seen.get(key) ?? 0);
  }

  #count(): Map<string, number> {
    const copies = new Map<string, number>();
    for (const place of this.places) {
      for (const [key, bytes] of keysOnDisk(place)) {
        if (isWhole(key, bytes)) copies.set(key, (copies.get(key) ?? 0) + 1);
      }
    }
    return copies;
  }
}

/** By its size: a file that has not the size its key names is no copy. */
function isWhole(key: string, bytes: number): boolean {
  const named = /^[^-]+-s(\d+)-/.exec(key)?.[1];
  return named === undefined || Number(named) === bytes;
}
