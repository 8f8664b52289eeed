import type { Key } from '../../../key/index.ts';
import type { StorageNode } from '../../../nodes/index.ts';
import { remoteUuid, type Repository } from '../../../repository/index.ts';
import type { Uuid } from '../../../units/index.ts';
import type { Nodes } from '../../nodes/node-pool-options.ts';
import { servedRemotes, type TopologySources } from '../../topology/topology.ts';

/** Where contents that are to be exported may be. */
export interface ExportSourcesParts {
  readonly repository: Pick<Repository, 'config'>;
  readonly topology: () => Promise<TopologySources>;
  readonly pool: Pick<Nodes, 'node'>;
  readonly ownNode: () => StorageNode;
  /** Repositories that the location log says have a key. */
  readonly locations: (key: Key) => Promise<readonly Uuid[]>;
}

/**
 * The gateway's own repository, then the nodes that have a key by the log, in the order of git config.
 *
 * @param to the remote that is exported to, which is none of them.
 */
export async function* exportSources(
  key: Key,
  to: Uuid,
  { repository, topology, pool, ownNode, locations }: ExportSourcesParts,
): AsyncGenerator<StorageNode, void, undefined> {
  yield ownNode();
  const holders = await locations(key);
  const sources = await topology();
  for (const remote of servedRemotes(sources)) {
    const uuid = remoteUuid(remote, sources.config);
    if (uuid === undefined || uuid === to || !holders.includes(uuid)) continue;
    const node = await pool.node(remote, repository.config);
    if (node !== undefined) yield node;
  }
}
