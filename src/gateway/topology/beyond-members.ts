import { remoteUuid } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { whyNoNode, type RemoteKinds } from './remote-kind.ts';

/**
 * A member of a cluster that this gateway does not ask:
 *
 * - `gateway`: it is behind another gateway, or is that gateway. What it holds is unknown here.
 * - `special`: a remote of a kind that is not served, or may not be. It holds what the location log says.
 * - `unconfigured`: no remote is set up as this node. It holds what the location log says.
 */
export interface BeyondMember {
  readonly kind: 'gateway' | 'special' | 'unconfigured';
  readonly uuid: Uuid;
  /** What people call it. */
  readonly name: string;
  /** The end of a sentence about it. */
  readonly why: string;
  /** The other gateways that give access to it. */
  readonly gateways: readonly Uuid[];
}

/** What the members of a cluster are found out from. */
export interface BeyondSources extends RemoteKinds {
  /** Names of the git config's remotes. */
  readonly remotes: readonly string[];
  /** The gateway's line in proxy.log: names by UUID. */
  readonly proxied: ReadonlyMap<Uuid, string>;
  /** What other gateways give access to: the gateways by UUID. */
  readonly elsewhere: ReadonlyMap<Uuid, readonly Uuid[]>;
  /** Repositories that are dead, by trust.log or by what git config has in place of it. */
  readonly dead: ReadonlySet<Uuid>;
}

/**
 * The members of a cluster that this gateway cannot ask, in the order of cluster.log; then other
 * gateways that the cluster extends over (`annex-cluster-gateway`).
 *
 * @param cluster.nodes names of the remotes that are its nodes, of whatever kind.
 */
export function beyondMembers(
  cluster: {
    readonly uuid: Uuid;
    readonly members: readonly Uuid[];
    readonly nodes: readonly string[];
  },
  sources: BeyondSources,
): BeyondMember[] {
  const nodes = new Map(
    cluster.nodes.map((remote) => [remoteUuid(remote, sources.config), remote]),
  );
  const members = cluster.members.flatMap((uuid) => beyond(uuid, nodes.get(uuid), sources) ?? []);
  const known = new Set(members.map(({ uuid }) => uuid));
  const gateways = sources.remotes.flatMap((remote) => {
    const uuid = remoteUuid(remote, sources.config);
    const extended = sources.config.get(`remote.${remote}.annex-cluster-gateway`) ?? '';
    if (uuid === undefined || known.has(uuid)) return [];
    if (!extended.split(/\s+/).includes(cluster.uuid)) return [];
    return [{ kind: 'gateway' as const, uuid, name: remote, why: whyGateway, gateways: [uuid] }];
  });
  return [...members, ...gateways];
}

const whyGateway = 'is another gateway to the cluster, which ballast does not ask yet';

function beyond(
  uuid: Uuid,
  remote: string | undefined,
  sources: BeyondSources,
): BeyondMember | undefined {
  const gateways = sources.elsewhere.get(uuid) ?? [];
  const name = remote ?? sources.proxied.get(uuid) ?? uuid;
  const member = { uuid, name, gateways };
  if (remote !== undefined) {
    const why = whyNoNode(remote, sources);
    return why === undefined ? undefined : { ...member, kind: 'special', why };
  }
  if (gateways.length > 0) {
    const why = 'is behind another gateway, which ballast does not ask yet';
    return { ...member, kind: 'gateway', why };
  }
  // One that is gone for good is nobody's loss.
  if (sources.dead.has(uuid)) return undefined;
  return { ...member, kind: 'unconfigured', why: 'is no remote with annex-cluster-node here' };
}
