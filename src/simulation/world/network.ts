/** The repositories of a simulation, how they are connected, and everything that is configured. */
import { compareCodePoints, type Uuid } from '../../units/index.ts';
import { Reach } from './reach.ts';
import type {
  SimulatedCluster,
  RepositoryState,
  RepositoryChange,
  RepositorySettingsUsed,
} from './repositories.ts';

/** What is configured for all repositories. */
export interface NetworkSettings {
  readonly numcopies: number;
  readonly mincopies: number;
  readonly rebalance: boolean;
}

interface WrittenRepository extends RepositoryChange {
  name: string;
  readonly remotes: Set<string>;
  readonly groups: Set<string>;
}

/** What a network is, as only its own methods see it. */
interface Written {
  readonly repositories: (RepositoryState & WrittenRepository)[];
  names: Map<string, number>;
  readonly nodes: Map<string, number>;
  readonly gateways: Map<string, number>;
  readonly clusters: Map<string, SimulatedCluster>;
  readonly groupwanted: Map<string, string>;
  settings: NetworkSettings;
}

/**
 * A network that counts its changes. Whatever is written is had from `#toWrite`, which counts; whatever is
 * remembered of a network is good for one number of changes. So nobody has to be told of any.
 */
export class Network {
  readonly #own: Written = {
    repositories: [],
    names: new Map(),
    nodes: new Map(),
    gateways: new Map(),
    clusters: new Map(),
    groupwanted: new Map(),
    settings: { numcopies: 1, mincopies: 1, rebalance: false },
  };
  /** Who is up, and on which side of which partition. */
  readonly reach: Reach = new Reach();
  #changes = 0;
  /** The changes at which what follows was found. */
  #reachSeen = 0;
  #namesSeen = 0;
  #knowing: ReadonlyMap<string, readonly number[]> | undefined;
  #sortedNames: readonly string[] = [];
  /** By repository times two, plus one where nodes count. */
  #reached: (Uint8Array | undefined)[] = [];

  /** A number that changes with everything here but {@link reach}. */
  get changes(): number {
    return this.#changes;
  }

  /** A number that changes with who reaches whom, and with everything else here. */
  get reachChanges(): number {
    return this.#changes + this.reach.changes;
  }

  get repositories(): readonly RepositoryState[] {
    return this.#own.repositories;
  }

  /** Repositories by name, in no order. */
  get names(): ReadonlyMap<string, number> {
    return this.#own.names;
  }

  /** Cluster nodes: further names of repositories. */
  get nodes(): ReadonlyMap<string, number> {
    return this.#own.nodes;
  }

  /** By the name of a cluster node: the repository that is its gateway. */
  get gateways(): ReadonlyMap<string, number> {
    return this.#own.gateways;
  }

  /** Clusters by name. */
  get clusters(): ReadonlyMap<string, SimulatedCluster> {
    return this.#own.clusters;
  }

  get groupwanted(): ReadonlyMap<string, string> {
    return this.#own.groupwanted;
  }

  get numcopies(): number {
    return this.#own.settings.numcopies;
  }

  get mincopies(): number {
    return this.#own.settings.mincopies;
  }

  get rebalance(): boolean {
    return this.#own.settings.rebalance;
  }

  /** All that is kept, to be changed at once. */
  #toWrite(): Written {
    this.#changes += 1;
    return this.#own;
  }

  #repositoryToWrite(number: number): WrittenRepository {
    const repository = this.#toWrite().repositories[number];
    if (repository === undefined) throw new RangeError(`there is no repository ${number}`);
    return repository;
  }

  /** Adds a repository that has no remotes, and nothing set but what is given. */
  add(name: string, uuid: Uuid, settings: RepositorySettingsUsed = {}): number {
    const { repositories, names } = this.#toWrite();
    const number = repositories.length;
    repositories.push({
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
    names.set(name, number);
    return number;
  }

  /** Gives a repository a further name, by which it is called from now on. */
  rename(repository: number, name: string): void {
    this.#repositoryToWrite(repository).name = name;
    this.#own.names.set(name, repository);
  }

  /** Puts other names in place of all there are; what repositories are called stays. */
  setNames(names: Iterable<readonly [string, number]>): void {
    this.#toWrite().names = new Map(names);
  }

  /** Makes a name one of a cluster node. */
  setNode(name: string, repository: number): void {
    this.#toWrite().nodes.set(name, repository);
  }

  /** Has a cluster node reached by way of a repository. */
  setGateway(node: string, gateway: number): void {
    this.#toWrite().gateways.set(node, gateway);
  }

  /** Makes a name one of a cluster. */
  setCluster(name: string, cluster: SimulatedCluster): void {
    this.#toWrite().clusters.set(name, cluster);
  }

  /** Gives a repository a remote by the name of it, which need not exist. */
  addRemote(repository: number, remote: string): void {
    this.#repositoryToWrite(repository).remotes.add(remote);
  }

  removeRemote(repository: number, remote: string): void {
    this.#repositoryToWrite(repository).remotes.delete(remote);
  }

  addGroup(repository: number, group: string): void {
    this.#repositoryToWrite(repository).groups.add(group);
  }

  removeGroup(repository: number, group: string): void {
    this.#repositoryToWrite(repository).groups.delete(group);
  }

  /** Sets what is given of a repository, and leaves the rest as it is. */
  configure(repository: number, change: RepositoryChange): void {
    Object.assign(this.#repositoryToWrite(repository), change);
  }

  /** Sets what is given for all repositories, and leaves the rest as it is. */
  configureAll(change: Partial<NetworkSettings>): void {
    const own = this.#toWrite();
    own.settings = { ...own.settings, ...change };
  }

  /** Sets what `groupwanted` means for who is in a group. */
  setGroupwanted(group: string, expression: string): void {
    this.#toWrite().groupwanted.set(group, expression);
  }

  /** The number of a repository by its UUID; `undefined` where there is none. Cost: a pass over all. */
  numberOf(uuid: Uuid): number | undefined {
    const number = this.repositories.findIndex((repository) => repository.uuid === uuid);
    return number < 0 ? undefined : number;
  }

  /** The repository with a name, or reached by the name of a node. */
  find(name: string): number | undefined {
    return this.names.get(name) ?? this.nodes.get(name);
  }

  /** The repository whose view is merged with by a name: of a cluster node its gateway, if it has any. */
  keeperOf(name: string): number | undefined {
    return this.names.get(name) ?? this.gateways.get(name);
  }

  repository(number: number): RepositoryState {
    const repository = this.repositories[number];
    if (repository === undefined) throw new RangeError(`there is no repository ${number}`);
    return repository;
  }

  /** Names of repositories, nodes left out, in order. */
  sortedNames(): readonly string[] {
    if (this.#namesSeen !== this.#changes) {
      this.#namesSeen = this.#changes;
      this.#sortedNames = [...this.names.keys()].sort(compareCodePoints);
    }
    return this.#sortedNames;
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
    this.#lookAgain();
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
    this.#lookAgain();
    const place = repository * 2 + (byNodes ? 1 : 0);
    return (this.#reached[place] ??= this.#findReached(repository, byNodes));
  }

  /** Forgets who reaches whom where that may have changed since it was found. */
  #lookAgain(): void {
    const changes = this.reachChanges;
    if (this.#reachSeen === changes) return;
    this.#reachSeen = changes;
    this.#knowing = undefined;
    this.#reached = [];
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
