/** The repositories of a simulation, how they are connected, and everything that is configured. */
import type { TrustLevel } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import { compareCodePoints } from './compare.ts';
import { Reach } from './reach.ts';

/** One repository, special remotes included; known by its number. */
export interface Repository {
  readonly uuid: Uuid;
  /** The name it was last given by `init`, `initremote` or `use`. */
  name: string;
  readonly isSpecialRemote: boolean;
  /** Names of its remotes, which need not exist. */
  readonly remotes: Set<string>;
  trust: TrustLevel;
  readonly groups: Set<string>;
  /** `undefined` when none is set, or an empty one. */
  wanted: string | undefined;
  required: string | undefined;
  maxsizeBytes: bigint | undefined;
}

/** Settings of a repository that exists, for `use`. */
export type RepositorySettingsUsed = Partial<
  Pick<Repository, 'isSpecialRemote' | 'trust' | 'wanted' | 'required' | 'maxsizeBytes'>
> & { readonly groups?: Iterable<string> };

/** The repositories of a simulation, what is configured for them, and who reaches whom. */
export class Network {
  readonly repositories: Repository[] = [];
  /** Repositories by name, in no order. */
  readonly names: Map<string, number> = new Map();
  /** Cluster nodes: further names of repositories. */
  readonly nodes: Map<string, number> = new Map();
  /** By the name of a cluster node: the repository that is its gateway. */
  readonly gateways: Map<string, number> = new Map();
  readonly reach: Reach = new Reach();
  readonly groupwanted: Map<string, string> = new Map();
  /** By key: values by field. */
  readonly metadata: Map<number, Map<string, Set<string>>> = new Map();
  numcopies = 1;
  mincopies = 1;
  rebalance = false;
  /** A number that changes with everything here. */
  #changes = 0;
  #reachChanges = 0;
  #knowing: ReadonlyMap<string, readonly number[]> | undefined;
  #sortedNames: readonly string[] | undefined;
  /** By repository times two, plus one where nodes count. */
  #reached: (Uint8Array | undefined)[] = [];

  get changes(): number {
    return this.#changes;
  }

  /** To be called after any change. */
  changed(): void {
    this.#changes += 1;
    this.#sortedNames = undefined;
    this.reachChanged();
  }

  /** A number that changes with who reaches whom. */
  get reachChanges(): number {
    return this.#reachChanges;
  }

  /** To be called when nothing but who reaches whom has changed. */
  reachChanged(): void {
    this.#reachChanges += 1;
    this.#knowing = undefined;
    this.#reached = [];
  }

  /** Adds a repository that has nothing set. */
  add(name: string, uuid: Uuid, settings: RepositorySettingsUsed = {}): number {
    const number = this.repositories.length;
    this.repositories.push({
      uuid,
      name,
      isSpecialRemote: settings.isSpecialRemote ?? false,
      remotes: new Set(),
      trust: settings.trust ?? 'semitrusted',
      groups: new Set(settings.groups ?? []),
      wanted: settings.wanted,
      required: settings.required,
      maxsizeBytes: settings.maxsizeBytes,
    });
    this.names.set(name, number);
    this.changed();
    return number;
  }

  /** The repository with a name, or reached by the name of a node. */
  find(name: string): number | undefined {
    return this.names.get(name) ?? this.nodes.get(name);
  }

  /** The repository whose view is merged with by a name: of a cluster node its gateway, if it has any. */
  keeperOf(name: string): number | undefined {
    return this.names.get(name) ?? this.gateways.get(name);
  }

  repository(number: number): Repository {
    const repository = this.repositories[number];
    if (repository === undefined) throw new RangeError(`there is no repository ${number}`);
    return repository;
  }

  /** Names of repositories, nodes left out, in order. */
  sortedNames(): readonly string[] {
    return (this.#sortedNames ??= [...this.names.keys()].sort(compareCodePoints));
  }

  /**
   * The repositories that a transfer passes between one and what it calls by a name, both among them: two,
   * or three with a gateway between them. `undefined` when one of these does not reach the next, or nothing
   * has that name.
   */
  route(from: number, name: string): readonly number[] | undefined {
    const to = this.find(name);
    if (to === undefined) return undefined;
    const gateway = this.gateways.get(name);
    const route = gateway === undefined || gateway === from ? [from, to] : [from, gateway, to];
    const isWhole = route.every((each, place) =>
      this.reach.reaches(route[place - 1] ?? each, each),
    );
    return isWhole ? route : undefined;
  }

  /**
   * Who knows at once of what is done by the name of a cluster node: all that have it as a remote and reach
   * it, in the order of their UUIDs, and its gateway.
   */
  knowingOf(name: string): readonly number[] {
    return (this.#knowing ??= this.#findKnowing()).get(name) ?? nobody;
  }

  #findKnowing(): ReadonlyMap<string, readonly number[]> {
    const knowing = new Map<string, readonly number[]>();
    for (const [name, followers] of this.#findFollowers()) {
      const gateway = this.gateways.get(name);
      const reaching = followers.filter((each) => this.route(each, name) !== undefined);
      const isMore = gateway !== undefined && !reaching.includes(gateway);
      knowing.set(name, isMore ? [...reaching, gateway] : reaching);
    }
    return knowing;
  }

  #findFollowers(): ReadonlyMap<string, readonly number[]> {
    const followers = new Map<string, number[]>();
    for (const [number, { remotes }] of this.repositories.entries()) {
      for (const remote of remotes) {
        const known = followers.get(remote);
        if (known === undefined) followers.set(remote, [number]);
        else known.push(number);
      }
    }
    const uuid = (number: number): string => this.repository(number).uuid;
    for (const numbers of followers.values()) {
      numbers.sort((left, right) => (uuid(left) < uuid(right) ? -1 : 1));
    }
    return followers;
  }

  /**
   * The repositories that a repository reaches, itself among them: 1 for each of these.
   * @param byNodes whether the name of a cluster node counts as well.
   */
  reachedFrom(repository: number, byNodes: boolean): Uint8Array {
    const place = repository * 2 + (byNodes ? 1 : 0);
    return (this.#reached[place] ??= this.#findReached(repository, byNodes));
  }

  #findReached(repository: number, byNodes: boolean): Uint8Array {
    const reached = new Uint8Array(this.repositories.length);
    reached[repository] = 1;
    for (const remote of this.repository(repository).remotes) {
      const number = byNodes ? this.find(remote) : this.names.get(remote);
      if (number !== undefined && this.route(repository, remote) !== undefined) reached[number] = 1;
    }
    return reached;
  }
}

const nobody: readonly number[] = [];
