import { join } from 'node:path';
import type { StorageNode } from '../../nodes/index.ts';
import { readLocations } from '../../annex/index.ts';
import { remoteUuid, type Repository } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { Settling, type SettlingParts } from './settling.ts';

/** Settling for the gateway of a repository. */
export function settlingFor(
  repository: Repository,
  by: Pick<SettlingParts, 'settle' | 'lateMs' | 'reserve' | 'notices' | 'warn'> & {
    ownNode(): StorageNode;
    /** The names of the remotes as they are now. */
    remotes(): Promise<readonly string[]>;
    node(remote: string): Promise<StorageNode | undefined>;
  },
): Settling {
  const { branch, config, disk, system, gitDirectory } = repository;
  /** A node by its UUID, whether or not it is served now; also the gateway's own repository. */
  const nodeOf = async (uuid: Uuid): Promise<StorageNode | undefined> => {
    if (uuid === repository.uuid) return by.ownNode();
    const remotes = await by.remotes();
    const remote = remotes.find((name) => remoteUuid(name, config) === uuid);
    return remote === undefined ? undefined : await by.node(remote);
  };
  return new Settling({
    ...by,
    annexDirectory: join(gitDirectory, 'annex'),
    disk,
    system,
    nodeOf,
    isLogged: async (node, key) => (await readLocations(key, branch)).includes(node),
  });
}
