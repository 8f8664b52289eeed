import { beyondMembers, type BeyondMember, type BeyondSources } from './beyond-members.ts';
import type { SpecialRemotes } from './special-remotes.ts';
import { whyNoNode } from './remote-kind.ts';
import { remoteUuid } from '../../repository/index.ts';
import { isClusterUuid, type Uuid, BallastError } from '../../units/index.ts';

/** What a gateway serves under a UUID other than its own. */
export type Proxied =
  | { readonly kind: 'node'; readonly remote: string }
  | { readonly kind: 'cluster'; readonly cluster: ClusterSettings };

/** A cluster as the gateway's git config and the git-annex branch together define it. */
export interface ClusterSettings {
  readonly uuid: Uuid;
  readonly name: string;
  /** Names of the remotes that are its nodes and may be used. */
  readonly remotes: readonly string[];
  /** Its members that are not asked here. */
  readonly beyond: readonly BeyondMember[];
  /** `annex.cluster.NAME.unwanted` is `refuse`. */
  readonly refusesUnwanted: boolean;
}

/**
 * The git-annex branch says that this gateway proxies for a repository, its git config does not.
 *
 * @param isElsewhere whether another gateway gives access to it.
 */
function notConfigured(name: string, isElsewhere: boolean): BallastError {
  const where = isElsewhere ? '; it is behind another gateway, which ballast does not ask yet' : '';
  return new BallastError(
    'NOT_CONFIGURED',
    `not configured to proxy for repository ${name}${where}`,
  );
}

/** The two sources that must agree before anything is served. */
export interface TopologySources extends BeyondSources, SpecialRemotes {
  /** All gateways that proxy.log names. */
  readonly gateways: ReadonlySet<Uuid>;
  /** cluster.log: nodes by the cluster's UUID. */
  readonly clusterNodes: ReadonlyMap<Uuid, readonly Uuid[]>;
  /** The gateway's git config. */
  readonly config: {
    get(name: string): string | undefined;
    getBoolean(name: string): boolean | undefined;
  };
  /** Names of `annex.cluster.*`, in lower case as git gives them. */
  readonly clusters: readonly string[];
  /** Names, in lower case, of clusters whose `annex.cluster.NAME.unwanted` is `refuse`. */
  readonly refusing: readonly string[];
}

/**
 * What a UUID stands for behind this gateway. Both the branch and the git config must say so, so
 * that a pushed branch cannot open anything (spec/cluster-and-proxy.md section 1.3).
 *
 * @throws NOT_CONFIGURED when only the branch says so.
 */
export function findProxied(uuid: Uuid, sources: TopologySources): Proxied | undefined {
  const name = sources.proxied.get(uuid);
  if (name === undefined) return undefined;
  if (isClusterUuid(uuid))
    return { kind: 'cluster', cluster: clusterSettings(uuid, name, sources) };
  const isRemote = remoteUuid(name, sources.config) === uuid;
  if (!isRemote || !mayProxy(name, sources)) {
    throw notConfigured(name, sources.elsewhere.has(uuid));
  }
  return { kind: 'node', remote: name };
}

/** The remotes that this gateway serves: nodes of its clusters, and those with `annex-proxy`. */
export function servedRemotes(sources: TopologySources): string[] {
  return sources.remotes.filter((remote) => {
    const uuid = remoteUuid(remote, sources.config);
    return uuid !== undefined && sources.proxied.has(uuid) && mayProxy(remote, sources);
  });
}

/** The clusters that this gateway serves. */
export function servedClusters(sources: TopologySources): ClusterSettings[] {
  return [...sources.proxied].flatMap(([uuid, name]) =>
    isClusterUuid(uuid) ? [clusterSettings(uuid, name, sources)] : [],
  );
}

/**
 * A cluster that the git config does not know is one without nodes (spec/cluster-and-proxy.md
 * section 1.3).
 */
function clusterSettings(uuid: Uuid, logged: string, sources: TopologySources): ClusterSettings {
  const { config, clusters } = sources;
  const name = clusters.find((candidate) => config.get(`annex.cluster.${candidate}`) === uuid);
  const members = new Set(sources.clusterNodes.get(uuid));
  const nodes = sources.remotes.filter((remote) => {
    const node = remoteUuid(remote, sources.config);
    if (name === undefined || node === undefined || !members.has(node)) return false;
    return clustersOf(remote, sources).includes(name.toLowerCase());
  });
  return {
    uuid,
    name: name ?? logged,
    remotes: nodes.filter((remote) => whyNoNode(remote, sources) === undefined),
    beyond: beyondMembers({ uuid, members: [...members], nodes }, sources),
    refusesUnwanted: sources.refusing.includes((name ?? logged).toLowerCase()),
  };
}

/** Whether a gateway's git config lets it proxy for a remote, on its own or as a cluster's node. */
export function mayProxy(
  remote: string,
  sources: Pick<TopologySources, 'config' | 'clusters'>,
): boolean {
  const { config, clusters } = sources;
  if (config.getBoolean(`remote.${remote}.annex-proxy`) === true) return true;
  return clustersOf(remote, sources).some((cluster) => clusters.includes(cluster));
}

/** Whether a remote is one of these gateways, or reached through one. */
export function leadsTo(
  remote: string,
  gateways: readonly Uuid[],
  config: TopologySources['config'],
): boolean {
  return (['annex-uuid', 'annex-proxied-by'] as const).some((setting) => {
    const uuid = remoteUuid(remote, config, setting);
    return uuid !== undefined && gateways.includes(uuid);
  });
}

/** In lower case, as git gives the names in `annex.cluster.NAME`. */
function clustersOf(remote: string, { config }: Pick<TopologySources, 'config'>): string[] {
  const names = config.get(`remote.${remote}.annex-cluster-node`) ?? '';
  return names.toLowerCase().split(/\s+/).filter(Boolean);
}
