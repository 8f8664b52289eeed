/**
 * The newest things by name, with a bound. Two generations: a new name goes to the young one; when
 * that is full it becomes the old one, and the old one is let go whole. What is asked for again
 * comes back to the young one. So everything costs a lookup or two, however often things are let
 * go; deleting the oldest names of a `Map` one by one leaves holes that finding the next oldest
 * must pass over.
 */
export class RecentCache<V> {
  readonly #generationMax: number;
  #young = new Map<string, V>();
  #old: ReadonlyMap<string, V> = new Map<string, V>();

  /**
   * @param entriesMax how many things are kept at most: half of it or more once there were as many.
   */
  constructor(entriesMax: number) {
    this.#generationMax = entriesMax / 2;
  }

  get(name: string): V | undefined {
    const young = this.#young.get(name);
    if (young !== undefined) return young;
    const old = this.#old.get(name);
    if (old !== undefined) this.set(name, old);
    return old;
  }

  set(name: string, thing: V): void {
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map<string, V>();
    }
    this.#young.set(name, thing);
  }
}
