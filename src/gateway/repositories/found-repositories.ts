import type { Uuid } from '../../units/index.ts';
import type { PlaceAnnex } from './place-annex.ts';
import type { TwinWatch } from './twin-watch.ts';

/** A repository with an annex below one of the directories. */
export interface FoundRepository extends PlaceAnnex {
  /** Where it is opened: a path without symlinks, one of those that lead to it. */
  readonly directory: string;
}

/** A path that leads to an annex. */
export interface FoundPlace extends FoundRepository {
  /** Where it lies below the directory that was searched. */
  readonly name: string;
}

/** A repository that is not served, as another one has, or had, its UUID. */
export interface Twin {
  readonly passedOver: FoundRepository;
  readonly served: FoundRepository | undefined;
}

/** What one search found: each repository once, whatever number of paths lead to it. */
export class FoundRepositories {
  readonly twins: readonly Twin[];
  readonly #byUuid = new Map<Uuid, FoundRepository>();
  readonly #byName = new Map<string, FoundRepository>();
  readonly #byIdentity = new Map<string, FoundRepository>();
  readonly #gateways = new Map<Uuid, FoundRepository[]>();

  /**
   * @param places in the order of the directories and names.
   * @param options.before what an earlier search found: a repository keeps the path it is opened
   * at.
   * @param options.apart a repository that is served apart from these.
   */
  constructor(
    places: readonly FoundPlace[],
    options: {
      readonly watch: TwinWatch;
      readonly before?: FoundRepositories | undefined;
      readonly apart?: FoundRepository | undefined;
    },
  ) {
    const { watch, before, apart } = options;
    const all = new Map<string, FoundRepository>();
    if (apart !== undefined) all.set(apart.identity, apart);
    for (const place of places) {
      const known = all.get(place.identity);
      const kept = before?.withIdentity(place.identity)?.directory === place.directory;
      if (known === undefined || (kept && known !== apart)) all.set(place.identity, place);
    }
    const twins: Twin[] = [];
    for (const candidates of byUuid(all.values()).values()) {
      const served = watch.choose(candidates);
      for (const each of candidates) {
        if (each !== served) twins.push({ passedOver: each, served });
      }
      if (served !== undefined && served !== apart) this.#add(served);
    }
    this.twins = twins;
    this.#name(places);
  }

  get count(): number {
    return this.#byUuid.size;
  }

  withUuid(uuid: Uuid): FoundRepository | undefined {
    return this.#byUuid.get(uuid);
  }

  withIdentity(identity: string): FoundRepository | undefined {
    return this.#byIdentity.get(identity);
  }

  /** Its path below its directory names it, with or without `.git` at the end. */
  withName(name: string): FoundRepository | undefined {
    return this.#byName.get(name);
  }

  /** Repositories that may be the gateway to others. */
  proxying(): readonly FoundRepository[] {
    return [...this.#byUuid.values()].filter(({ mayProxy }) => mayProxy);
  }

  /** Repositories that may be the gateway to a node on a local path. */
  gatewaysOf(node: Uuid): readonly FoundRepository[] {
    return this.#gateways.get(node) ?? [];
  }

  #add(repository: FoundRepository): void {
    this.#byUuid.set(repository.uuid, repository);
    this.#byIdentity.set(repository.identity, repository);
    for (const node of repository.localNodes) {
      this.#gateways.set(node, [...(this.#gateways.get(node) ?? []), repository]);
    }
  }

  #name(places: readonly FoundPlace[]): void {
    const named = places.flatMap(({ name, identity }) => {
      const repository = this.#byIdentity.get(identity);
      return repository === undefined ? [] : [{ name, repository }];
    });
    const short = named.map(({ name, repository }) => {
      return { name: name.replace(/\.git$/, ''), repository };
    });
    for (const { name, repository } of [...named, ...short]) {
      if (!this.#byName.has(name)) this.#byName.set(name, repository);
    }
  }
}

function byUuid(all: Iterable<FoundRepository>): Map<Uuid, FoundRepository[]> {
  const groups = new Map<Uuid, FoundRepository[]>();
  for (const repository of all) {
    const group = groups.get(repository.uuid);
    if (group === undefined) groups.set(repository.uuid, [repository]);
    else group.push(repository);
  }
  return groups;
}
