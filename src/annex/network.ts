import type { Configuration } from '../placement/index.ts';
import type { ProxiedRemote } from '../repository/index.ts';
import type { RealAnnex, RealCluster, ImportedRepository } from '../simulation/index.ts';
import type { Uuid } from '../units/index.ts';
import type { Remote } from './remotes.ts';

/** Who is known to have whom as a remote. */
export interface KnownRemotes {
  readonly configuration: Configuration;
  /** What gateways give access to. */
  readonly proxies: ReadonlyMap<Uuid, readonly ProxiedRemote[]>;
  /** By the git config of repositories. */
  readonly remotes: ReadonlyMap<Uuid, readonly Remote[]>;
}

/** How repositories are connected, and what gateways and clusters there are between them. */
export function networkOf(
  repositories: readonly ImportedRepository[],
  { configuration, proxies, remotes }: KnownRemotes,
): Pick<RealAnnex, 'clusters' | 'connections' | 'unknownRemotes'> {
  const known = new Set(repositories.map(({ uuid }) => uuid));
  const special = new Set(
    repositories.filter(({ isSpecialRemote }) => isSpecialRemote).map(({ uuid }) => uuid),
  );
  const inClusters = new Set([...configuration.clusters.values()].flat());
  const direct = [...remotes].flatMap(([from, targets]) =>
    targets.map(({ uuid: to }) => ({ from, to })),
  );
  // Clients of a gateway reach what it gives access to; the nodes of a cluster by names of their own.
  const proxied = [...proxies].flatMap(([gateway, targets]) => {
    const others = targets.filter(({ uuid }) => !inClusters.has(uuid));
    return connectionsOf([gateway], targets).concat(
      connectionsOf(clientsOf(gateway, remotes), others),
    );
  });
  return {
    clusters: clustersOf({ configuration, proxies, remotes }, known),
    connections: distinct([...direct, ...proxied]).filter(
      ({ from, to }) => from !== to && known.has(from) && known.has(to) && !special.has(from),
    ),
    unknownRemotes: [...known].filter(
      (uuid) => !remotes.has(uuid) && !proxies.has(uuid) && !special.has(uuid),
    ),
  };
}

function clustersOf(
  { configuration, proxies, remotes }: KnownRemotes,
  known: ReadonlySet<Uuid>,
): readonly RealCluster[] {
  return [...configuration.clusters].map(([cluster, nodes]) => {
    const entries = [...proxies].flatMap(([gateway, targets]) =>
      targets.filter(({ uuid }) => uuid === cluster).map(({ name }) => ({ gateway, name })),
    );
    const gateways = [...new Set(entries.map(({ gateway }) => gateway))];
    return {
      calledBy: entries.map(({ name }) => name),
      nodes,
      gateways: gateways
        .filter((uuid) => known.has(uuid))
        .map((uuid) => {
          const clients = clientsOf(uuid, remotes).filter((client) => known.has(client));
          return { uuid, clients };
        }),
    };
  });
}

function clientsOf(gateway: Uuid, remotes: ReadonlyMap<Uuid, readonly Remote[]>): readonly Uuid[] {
  return [...remotes]
    .filter(([uuid, targets]) => uuid !== gateway && targets.some((each) => each.uuid === gateway))
    .map(([uuid]) => uuid);
}

function connectionsOf(
  from: readonly Uuid[],
  targets: readonly { readonly uuid: Uuid }[],
): { readonly from: Uuid; readonly to: Uuid }[] {
  return from.flatMap((each) => targets.map(({ uuid }) => ({ from: each, to: uuid })));
}

function distinct(
  connections: readonly { readonly from: Uuid; readonly to: Uuid }[],
): readonly { readonly from: Uuid; readonly to: Uuid }[] {
  const byText = new Map(connections.map((each) => [`${each.from} ${each.to}`, each]));
  return [...byText.values()];
}
