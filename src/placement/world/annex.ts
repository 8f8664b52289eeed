/**
 * A configuration made ready for questions: who is in which group, who is dead, which nodes make a
 * cluster.
 */
import { dialectDefault, largeNumbersOf, type Dialect } from '../../expression/index.ts';
import { compareBytes, type LargeNumbers, type Uuid } from '../../units/index.ts';
import {
  noSettings,
  type Configuration,
  type RepositorySettings,
  type TrustLevel,
} from './configuration.ts';
import { PickByHash } from './pick.ts';

/** All repositories in a group by the group log, dead ones and clusters too. */
export interface Group {
  /** Ascending by bytes. */
  readonly members: readonly Uuid[];
  /** The place of each member in `members`. */
  readonly places: ReadonlyMap<Uuid, number>;
  /** The maxsize of each member, in bytes, in the order of `members`. */
  readonly maxsizesBytes: readonly (bigint | undefined)[];
  /** The picks by hash among the members; made when first asked for. */
  readonly pick: () => PickByHash;
}

/** A configuration, looked through once for what expressions ask of it again and again. */
export interface Annex {
  readonly configuration: Configuration;
  readonly dialect: Dialect;
  /** How sizes become doubles where shares are compared (spec/newest.md section 2.2). */
  readonly largeNumbers: LargeNumbers;
  readonly hasDead: boolean;
  readonly hasClusters: boolean;
  settings(repository: Uuid): RepositorySettings;
  /** "A repository not in the trust log is semitrusted" (spec/expressions.md section 6.5). */
  trust(repository: Uuid): TrustLevel;
  group(name: string): Group;
  /**
   * The clusters, dead ones left out, that a node belongs to; none for a dead node
   * (spec/expressions.md section 11).
   */
  clustersOf(node: Uuid): readonly Uuid[];
}

const prepared = new WeakMap<Configuration, Annex>();

/** The configuration made ready; done once for each configuration. */
export function annexOf(configuration: Configuration): Annex {
  const known = prepared.get(configuration);
  if (known !== undefined) return known;
  const annex = prepare(configuration);
  prepared.set(configuration, annex);
  return annex;
}

function prepare(configuration: Configuration): Annex {
  const { repositories, dialect = dialectDefault } = configuration;
  const settings = (repository: Uuid): RepositorySettings =>
    repositories.get(repository) ?? noSettings;
  const trust = (repository: Uuid): TrustLevel => settings(repository).trust;
  const groups = membersByGroup(configuration);
  const clusters = clustersByNode(configuration, trust);
  return {
    configuration,
    dialect,
    largeNumbers: largeNumbersOf(dialect),
    hasDead: [...repositories.values()].some(({ trust }) => trust === 'dead'),
    hasClusters: clusters.size > 0,
    settings,
    trust,
    group: (name) => groups.get(name) ?? nobody,
    clustersOf: (node) => clusters.get(node) ?? none,
  };
}

const none: readonly Uuid[] = [];
const nobody: Group = groupOf([], () => noSettings);

function membersByGroup({ repositories }: Configuration): ReadonlyMap<string, Group> {
  const members = new Map<string, Uuid[]>();
  for (const [uuid, { groups }] of repositories) {
    for (const group of new Set(groups)) addTo(members, group, uuid);
  }
  const settings = (uuid: Uuid): RepositorySettings => repositories.get(uuid) ?? noSettings;
  return new Map([...members].map(([name, uuids]) => [name, groupOf(uuids, settings)]));
}

function groupOf(uuids: readonly Uuid[], settings: (uuid: Uuid) => RepositorySettings): Group {
  const members = uuids.toSorted(compareBytes);
  let pick: PickByHash | undefined;
  return {
    members,
    places: new Map(members.map((member, place) => [member, place])),
    maxsizesBytes: members.map((member) => settings(member).maxsizeBytes),
    pick: () => (pick ??= new PickByHash(members)),
  };
}

function clustersByNode(
  { clusters }: Configuration,
  trust: (uuid: Uuid) => TrustLevel,
): ReadonlyMap<Uuid, readonly Uuid[]> {
  const byNode = new Map<Uuid, Uuid[]>();
  for (const [cluster, nodes] of clusters) {
    if (trust(cluster) === 'dead') continue;
    for (const node of new Set(nodes)) {
      if (trust(node) === 'dead') continue;
      addTo(byNode, node, cluster);
    }
  }
  return byNode;
}

function addTo<K>(lists: Map<K, Uuid[]>, name: K, uuid: Uuid): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [uuid]);
  else list.push(uuid);
}
