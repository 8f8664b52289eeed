import {
  costsOfRemotes,
  isSpecialRemote,
  readProxies,
  repositoryNamed,
  type OpenAnnex,
  type PlanOptions,
} from '../../annex/index.ts';
import type { Configuration } from '../../placement/index.ts';
import { isClusterUuid, type Uuid } from '../../units/index.ts';
import { UserError } from '../errors.ts';

/** Whose copies are planned. */
export interface PlanScope extends PlanOptions {
  /** All whose expressions are asked. */
  readonly asked: readonly Uuid[];
  /** What people call a repository, or a cluster. */
  readonly nameOf: (repository: Uuid) => string;
  /** Repositories that are left as they are, and why, as the end of a sentence. */
  readonly passedOver: ReadonlyMap<Uuid, string>;
}

/** What was named. */
export interface ScopeOptions {
  readonly cluster?: readonly string[];
  readonly repository?: readonly string[];
  /** Each by itself, of clusters too. */
  readonly each?: boolean;
}

/**
 * Whose copies are planned: the clusters and repositories that are named, else all clusters and every other live
 * repository with an expression of its own.
 * @throws UserError for a name that is none of a cluster, or of a repository.
 */
export async function planScope(
  annex: OpenAnnex,
  configuration: Configuration,
  { cluster = [], repository = [], each = false }: ScopeOptions,
): Promise<PlanScope> {
  const names = await namesIn(annex, configuration);
  const isNamed = cluster.length + repository.length > 0;
  const isDead = (uuid: Uuid): boolean => configuration.repositories.get(uuid)?.trust === 'dead';
  const live = (uuid: Uuid): boolean => !isDead(uuid) && !isClusterUuid(uuid);
  const clusters = isNamed
    ? cluster.map((name) => clusterNamed(name, names, configuration))
    : [...configuration.clusters.keys()].filter((uuid) => !isDead(uuid));
  const costOf = costsOfRemotes(annex.config);
  const nodes = new Map(
    clusters.map((uuid) => {
      const members = (configuration.clusters.get(uuid) ?? []).filter(live);
      return [uuid, members.map((node) => ({ uuid: node, cost: costOf(node) }))] as const;
    }),
  );
  const inClusters = new Set([...nodes.values()].flat().map(({ uuid }) => uuid));
  const others = isNamed
    ? repository.map((name) => repositoryOf(name, annex, configuration))
    : [...configuration.repositories.keys()].filter((uuid) => live(uuid) && !inClusters.has(uuid));
  const alone = [...new Set(each ? [...inClusters, ...others] : others)];
  const hasExpression = (uuid: Uuid): boolean => {
    const { wanted = '', required = '' } = configuration.repositories.get(uuid) ?? {};
    return `${wanted}${required}`.trim() !== '';
  };
  const special = await annex.specialRemotes();
  const passedOver = new Map<Uuid, string>();
  for (const uuid of alone) {
    if (isDead(uuid)) passedOver.set(uuid, 'is dead');
    else if (!hasExpression(uuid)) passedOver.set(uuid, 'has no expression');
  }
  return {
    scope: {
      clusters: each ? new Map() : nodes,
      repositories: alone.filter((uuid) => !passedOver.has(uuid)),
      proof: (uuid) => (isSpecialRemote(uuid, special) ? 'verified' : 'locked'),
    },
    asked: [...inClusters, ...alone],
    costOf,
    nameOf: (uuid) => names.get(uuid) ?? uuid,
    passedOver,
  };
}

/** By what gateways call them, this one before others; else by description. */
async function namesIn(
  annex: OpenAnnex,
  configuration: Configuration,
): Promise<ReadonlyMap<Uuid, string>> {
  const names = new Map<Uuid, string>();
  for (const [uuid, { description }] of configuration.repositories) {
    if (description !== undefined && description !== '') names.set(uuid, description);
  }
  const proxies = await readProxies(annex.branch);
  const own = annex.uuid === undefined ? undefined : proxies.get(annex.uuid);
  for (const proxied of [...proxies.values(), own ?? []]) {
    for (const { uuid, name } of proxied) names.set(uuid, name);
  }
  return names;
}

function clusterNamed(
  name: string,
  names: ReadonlyMap<Uuid, string>,
  { clusters }: Configuration,
): Uuid {
  for (const uuid of clusters.keys()) if (uuid === name || names.get(uuid) === name) return uuid;
  const known = [...clusters.keys()].map((uuid) => names.get(uuid) ?? uuid);
  const there = known.length === 0 ? 'there is none' : `there are ${known.join(', ')}`;
  throw new UserError(`there is no cluster named ${name}: ${there}.`);
}

function repositoryOf(name: string, annex: OpenAnnex, configuration: Configuration): Uuid {
  const found = repositoryNamed(name, annex, configuration);
  if (found.kind === 'unknown') throw new UserError(`${found.reason}.`);
  if (!configuration.clusters.has(found.uuid)) return found.uuid;
  throw new UserError(`${name} is a cluster; name it with --cluster.`);
}
