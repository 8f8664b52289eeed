/**
 * The newest things by name, with a bound on what they weigh. Two generations: a new name goes to the young one; when
 * that is full it becomes the old one, and the old one is let go whole. What is asked for again
 * comes back to the young one. So everything costs a lookup or two, however often things are let
 * go; deleting the oldest names of a `Map` one by one leaves holes that finding the next oldest
 * must pass over.
 */
export class RecentCache<V> {
  readonly #generationMax: number;
  readonly #weightOf: (name: string) => number;
  #youngWeight = 0;
  #young = new Map<string, V>();
  #old: ReadonlyMap<string, V> = new Map<string, V>();

  /**
   * @param weightMax what all things weigh at most: half of it or more once there were as many.
   * @param weightOf what a thing of a name weighs: at most half of it all. Default: 1.
   */
  constructor(weightMax: number, weightOf: (name: string) => number = () => 1) {
    this.#generationMax = weightMax / 2;
    this.#weightOf = weightOf;
  }

  get(name: string): V | undefined {
    const young = this.#young.get(name);
    if (young !== undefined) return young;
    const old = this.#old.get(name);
    if (old !== undefined) this.set(name, old);
    return old;
  }

  set(name: string, thing: V): void {
    const weight = this.#weightOf(name);
    if (this.#youngWeight + weight > this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map<string, V>();
      this.#youngWeight = 0;
    }
    this.#youngWeight += weight;
    this.#young.set(name, thing);
  }
}
