import type { Dialect } from '../../expression/index.ts';
import type { Configuration, RepositorySettings, TrustLevel } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Network } from '../world/network.ts';

/**
 * What a network is configured to be, for questions to placement.
 * @param levels how far each repository is trusted, by its number, as who asks sees it.
 */
export function configurationOf(
  network: Network,
  levels: readonly TrustLevel[],
  dialect: Dialect,
): Configuration {
  const repositories = new Map<Uuid, RepositorySettings>();
  for (const [number, repository] of network.repositories.entries()) {
    repositories.set(repository.uuid, {
      description: repository.name,
      trust: levels[number] ?? repository.trust,
      groups: [...repository.groups],
      wanted: repository.wanted,
      required: repository.required,
      maxsizeBytes: repository.maxsizeBytes,
      preferreddir: undefined,
    });
  }
  return {
    repositories,
    groupwanted: new Map(network.groupwanted),
    numcopies: network.numcopies,
    mincopies: network.mincopies,
    clusters: new Map(
      [...network.clusters.values()].map(({ uuid, nodes }) => [
        uuid,
        nodes.map((node) => network.repository(node).uuid),
      ]),
    ),
    fullyBalancedThresholdPercent: 90,
    rebalance: network.rebalance,
    dialect,
  };
}
