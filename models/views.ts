/**
 * The views of simulated repositories in the smallest terms (spec/sim.md section 3): each is a map from
 * key and repository to the last change known, and a running total beside it.
 */
interface Entry {
  readonly clock: number;
  readonly isPresent: boolean;
}

export class ModelViews {
  readonly #entries: Map<string, Entry>[];
  readonly #totals: Map<number, bigint>[];
  readonly #sizesBytes: readonly bigint[];
  readonly #hasTies: boolean;

  constructor(repositories: number, sizesBytes: readonly bigint[], hasTies: boolean) {
    this.#entries = Array.from({ length: repositories }, () => new Map<string, Entry>());
    this.#totals = Array.from({ length: repositories }, () => new Map<number, bigint>());
    this.#sizesBytes = sizesBytes;
    this.#hasTies = hasTies;
  }

  holds(view: number, repository: number, key: number): boolean {
    return this.#entries[view]?.get(`${key} ${repository}`)?.isPresent ?? false;
  }

  set(view: number, repository: number, key: number, isPresent: boolean, clock: number): void {
    const was = this.holds(view, repository, key);
    const known = this.#entries[view]?.get(`${key} ${repository}`);
    if (known === undefined || !this.#hasTies || known.clock < clock) {
      this.#entries[view]?.set(`${key} ${repository}`, { clock, isPresent });
    }
    if (was === isPresent) return;
    const bytes = this.#sizesBytes[key] ?? 0n;
    const total = this.#totals[view]?.get(repository) ?? 0n;
    this.#totals[view]?.set(repository, isPresent ? total + bytes : total - bytes);
  }

  merge(source: number, target: number): void {
    const into = this.#entries[target];
    for (const [place, entry] of this.#entries[source] ?? []) {
      const own = into?.get(place);
      if (own === undefined || own.clock <= entry.clock) into?.set(place, entry);
    }
    const totals = this.#totals[target];
    totals?.clear();
    for (let repository = 0; repository < this.#totals.length; repository += 1) {
      const keys = [...this.#sizesBytes.keys()].filter((key) =>
        this.holds(target, repository, key),
      );
      if (keys.length > 0) totals?.set(repository, this.bytes(target, repository));
    }
  }

  /** Bytes of the keys that a repository holds. */
  bytes(view: number, repository: number): bigint {
    return this.#sizesBytes.reduce(
      (sum, bytes, key) => (this.holds(view, repository, key) ? sum + bytes : sum),
      0n,
    );
  }

  liveBytes(view: number, repository: number): bigint | undefined {
    return this.#totals[view]?.get(repository);
  }
}
