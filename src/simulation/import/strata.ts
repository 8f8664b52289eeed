import { Randomness } from '../random/randomness.ts';
import type { RealContent } from './annex.ts';
import { extensionOf } from './names.ts';

/** What a content is sorted by. */
type Sortable = Pick<RealContent, 'key' | 'file' | 'holders'>;

/**
 * Chooses so many of a multitude, once all were counted. The share of each kind of content, by where it
 * is, its extension and its size, is the same among the chosen, up to one content a kind; within a kind
 * all are as likely. Holds a number for each content, and a text for each kind.
 */
export class Strata {
  readonly #numbers = new Map<string, number>();
  readonly #counts: number[] = [];
  /** The number of the kind of each content. */
  readonly #kinds: number[] = [];
  readonly #randomness: Randomness;

  /** @param seed the choice follows from it. */
  constructor(seed: bigint) {
    this.#randomness = new Randomness(seed);
  }

  /** How many were counted. */
  get total(): number {
    return this.#kinds.length;
  }

  /** One more of the multitude. */
  count(content: Sortable): void {
    const kind = kindOf(content);
    const number = this.#numbers.get(kind) ?? this.#numbers.size;
    this.#numbers.set(kind, number);
    this.#counts[number] = (this.#counts[number] ?? 0) + 1;
    this.#kinds.push(number);
  }

  /** The chosen ones, by how many were counted before them. Once, after all were counted. */
  choose(sample: number): readonly number[] {
    const left = [...this.#counts];
    const quotas = this.#quotas(sample);
    const chosen: number[] = [];
    for (const [index, kind] of this.#kinds.entries()) {
      const remaining = left[kind] ?? 0;
      const wanted = quotas[kind] ?? 0;
      left[kind] = remaining - 1;
      // "Selection sampling": of what is left of the kind, as many as are wanted still.
      if (wanted <= 0 || this.#randomness.below(remaining) >= wanted) continue;
      quotas[kind] = wanted - 1;
      chosen.push(index);
    }
    return chosen;
  }

  /** Evenly spaced marks over all kinds in a row, from a random beginning: so many fall on each. */
  #quotas(sample: number): number[] {
    const quotas: number[] = [];
    const resolution = 2 ** 30;
    const offset = this.#randomness.below(resolution) / resolution;
    const marksBefore = (place: number): number =>
      Math.ceil((place / Math.max(1, this.total)) * Math.min(sample, this.total) - offset);
    let place = 0;
    for (const [, kind] of [...this.#numbers].sort(byText)) {
      const count = this.#counts[kind] ?? 0;
      quotas[kind] = marksBefore(place + count) - marksBefore(place);
      place += count;
    }
    return quotas;
  }
}

function byText([left]: readonly [string, number], [right]: readonly [string, number]): number {
  return left < right ? -1 : 1;
}

/** Holders first, since what is close in the order is sampled evenly too. */
function kindOf({ key, file, holders }: Sortable): string {
  const sizeClass = (key.sizeBytes ?? 0n).toString(4).length;
  return `${[...holders].sort().join(' ')}\n${extensionOf(file ?? key.name)}\n${sizeClass}`;
}
