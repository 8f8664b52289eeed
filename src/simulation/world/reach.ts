/**
 * Who reaches whom at this moment. A repository that is down reaches nobody and is reached by nobody;
 * a partition cuts its sides off from each other, and those that it does not name reach all sides.
 */
export class Reach {
  readonly #down = new Set<number>();
  #partitions: (readonly ReadonlySet<number>[])[] = [];
  #changes = 0;

  /** A number that changes with everything here. */
  get changes(): number {
    return this.#changes;
  }

  /** Repositories that are down. */
  get down(): ReadonlySet<number> {
    return this.#down;
  }

  /** The partitions that there are: sides of each. */
  get partitions(): readonly (readonly ReadonlySet<number>[])[] {
    return this.#partitions;
  }

  setDown(repository: number, isDown: boolean): void {
    this.#changes += 1;
    if (isDown) this.#down.add(repository);
    else this.#down.delete(repository);
  }

  /** Cuts sides off from each other, besides the partitions that there are. */
  part(sides: readonly Iterable<number>[]): void {
    this.#changes += 1;
    this.#partitions.push(sides.map((side) => new Set(side)));
  }

  /** Ends all partitions. */
  heal(): void {
    this.#changes += 1;
    this.#partitions = [];
  }

  /** Whether a repository reaches another one by itself; itself when it is up. */
  reaches(from: number, to: number): boolean {
    if (this.#down.has(from) || this.#down.has(to)) return false;
    return this.#partitions.every((sides) => {
      const isFreeToAll = (repository: number): boolean =>
        !sides.some((side) => side.has(repository));
      if (isFreeToAll(from) || isFreeToAll(to)) return true;
      return sides.some((side) => side.has(from) && side.has(to));
    });
  }
}
