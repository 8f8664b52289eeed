/** What was begun and has not ended. */
export class Unended {
  readonly #all = new Set<Promise<unknown>>();

  get isNone(): boolean {
    return this.#all.size === 0;
  }

  /** @returns what was given, which is one of them until it has ended. */
  add<T>(begun: Promise<T>): Promise<T> {
    this.#all.add(begun);
    const over = (): void => void this.#all.delete(begun);
    begun.then(over, over);
    return begun;
  }

  /** Resolves when all that are so now have ended, however they did. */
  async theseEnded(): Promise<void> {
    await Promise.allSettled(this.#all);
  }

  /** Resolves when there are none. */
  async ended(): Promise<void> {
    while (!this.isNone) await this.theseEnded();
  }
}
