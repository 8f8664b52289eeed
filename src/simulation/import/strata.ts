import { Randomness } from '../random/randomness.ts';
import type { RealContent } from './annex.ts';
import { extensionOf } from './names.ts';

/**
 * Chooses so many of a multitude that is gone through twice: once to count, once to pick. The share of
 * each kind of content, by where it is, its extension and its size, is the same among the chosen, up to
 * one content a kind; within a kind all are as likely. Holds a number for each kind.
 */
export class Strata {
  readonly #counts = new Map<string, number>();
  readonly #randomness: Randomness;
  #total = 0;

  /** @param seed the choice follows from it. */
  constructor(seed: bigint) {
    this.#randomness = new Randomness(seed);
  }

  /** How many were counted. */
  get total(): number {
    return this.#total;
  }

  /** The first time through. */
  count(content: RealContent): void {
    const kind = kindOf(content);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#total += 1;
  }

  /** After counting: whether each content is chosen, in the second time through. */
  picker(sample: number): (content: RealContent) => boolean {
    const left = new Map(this.#counts);
    const quotas = this.#quotas(sample);
    return (content) => {
      const kind = kindOf(content);
      const remaining = left.get(kind) ?? 0;
      const wanted = quotas.get(kind) ?? 0;
      left.set(kind, remaining - 1);
      // "Selection sampling": of what is left of the kind, as many as are wanted still.
      if (wanted <= 0 || remaining <= 0 || this.#randomness.below(remaining) >= wanted)
        return false;
      quotas.set(kind, wanted - 1);
      return true;
    };
  }

  /** Evenly spaced marks over all kinds in a row, from a random beginning: so many fall on each. */
  #quotas(sample: number): Map<string, number> {
    const quotas = new Map<string, number>();
    const resolution = 2 ** 30;
    const offset = this.#randomness.below(resolution) / resolution;
    const marksBefore = (place: number): number =>
      Math.ceil((place / Math.max(1, this.#total)) * Math.min(sample, this.#total) - offset);
    let place = 0;
    for (const [kind, count] of [...this.#counts].sort(byText)) {
      quotas.set(kind, marksBefore(place + count) - marksBefore(place));
      place += count;
    }
    return quotas;
  }
}

function byText([left]: readonly [string, number], [right]: readonly [string, number]): number {
  return left < right ? -1 : 1;
}

/** Holders first, since what is close in the order is sampled evenly too. */
function kindOf({ key, file, holders }: RealContent): string {
  const sizeClass = (key.sizeBytes ?? 0n).toString(4).length;
  return `${[...holders].sort().join(' ')}\n${extensionOf(file ?? key.name)}\n${sizeClass}`;
}
