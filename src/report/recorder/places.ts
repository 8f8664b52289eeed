import type {
  SimulatedRepository,
  SimulationEvent,
  SimulationWindow,
} from '../../simulation/index.ts';

/** Repositories by their places in a list, however they are called. */
export class Places {
  #repositories: readonly SimulatedRepository[] = [];
  #places: ReadonlyMap<string, number> = new Map();

  get repositories(): readonly SimulatedRepository[] {
    return this.#repositories;
  }

  /** Learns which repositories there are. */
  learn(world: SimulationWindow): void {
    this.#repositories = world.repositories;
    this.#places = new Map(
      this.#repositories.flatMap(({ name, nodeNames }, place) =>
        [name, ...nodeNames].map((each) => [each, place] as const),
      ),
    );
  }

  /** The place of a repository, also by its name as a cluster node. */
  of(name: string | undefined): number | undefined {
    return name === undefined ? undefined : this.#places.get(name);
  }

  /** Places that are repositories. */
  ofAll(names: readonly string[]): readonly number[] {
    return names.flatMap((name) => this.of(name) ?? []);
  }

  /** Where a content was, and where it came to; it came nowhere when it was dropped. */
  ofEvent({ kind, why, remote, repository }: SimulationEvent): readonly [number, number?] {
    switch (kind) {
      case 'get':
        return [this.of(remote) ?? why.here, why.who];
      case 'send':
        return [this.of(repository) ?? why.here, why.who];
      case 'drop':
        return [why.who];
    }
  }
}
