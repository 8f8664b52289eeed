import { dirname } from 'node:path';
import { peerOfRemote } from '../../nodes/index.ts';
import {
  directoryIdentity,
  GitConfig,
  remoteNames,
  remotePath,
  remoteUuid,
  type Disk,
  type System,
} from '../../repository/index.ts';
import { parseUuid, type Uuid } from '../../units/index.ts';
import { clustersIn } from '../topology/git-settings.ts';
import type { RepositoryPlace } from './repository-search.ts';
import { mayProxy } from '../topology/topology.ts';

/** What git says of the annex at a place. */
export interface PlaceAnnex {
  readonly uuid: Uuid;
  /**
   * Of the repository: the same for all its working trees and for every path that leads to it, and
   * different for a copy of it.
   */
  readonly identity: string;
  /** Whether its git config lets it be the gateway to anything. */
  readonly mayProxy: boolean;
  /** Repositories on local paths that its git config lets it be the gateway to. */
  readonly localNodes: ReadonlySet<Uuid>;
}

/**
 * The annex at a place; `undefined` when there is no annex, or no repository.
 *
 * @throws GitError when git does not want to, as in a repository that belongs to somebody else.
 */
export async function readPlaceAnnex(
  place: RepositoryPlace,
  disk: Disk,
  { places, configurations }: Pick<System, 'places' | 'configurations'>,
): Promise<PlaceAnnex | undefined> {
  const { directory } = place;
  const [gitDirectory, identity] = await Promise.all([
    ownGitDirectory(place, disk, places),
    places.find(directory).then((found) => directoryIdentity(found.gitDirectory, disk)),
  ]);
  if (gitDirectory === undefined || identity === undefined) return undefined;
  const config = await GitConfig.read(directory, configurations);
  const uuid = parseUuid(config.get('annex.uuid') ?? '');
  if (uuid === undefined) return undefined;
  const proxies = /^(?:annex\.cluster\.[^.]+|remote\..+\.(?:annex-proxy|annex-cluster-node))$/;
  return {
    uuid,
    identity,
    mayProxy: [...config.names()].some((name) => proxies.test(name)),
    localNodes: localNodesOf(config, { uuid, directory }),
  };
}

/**
 * The git directory, if git takes this place for a repository. Where it does not, it looks further
 * up, and a repository around the directory must not be served for one in it.
 */
async function ownGitDirectory(
  { directory, configFile }: RepositoryPlace,
  disk: Disk,
  places: System['places'],
): Promise<string | undefined> {
  const found = await disk.realPath(await places.own(directory));
  if (configFile === undefined) return found;
  return found === (await disk.realPath(dirname(configFile))) ? found : undefined;
}

function localNodesOf(
  config: GitConfig,
  gateway: {
    readonly uuid: Uuid;
    readonly directory: string;
  },
): ReadonlySet<Uuid> {
  const sources = { config, clusters: clustersIn(config) };
  const nodes = remoteNames(config).flatMap((remote) => {
    const node = remoteUuid(remote, config);
    if (node === undefined || node === gateway.uuid || !mayProxy(remote, sources)) return [];
    const at = { server: node, client: gateway.uuid, directory: gateway.directory };
    const isLocal =
      peerOfRemote(remote, config, at) === undefined &&
      remotePath(remote, config, gateway.directory) !== undefined;
    return isLocal ? [node] : [];
  });
  return new Set(nodes);
}
