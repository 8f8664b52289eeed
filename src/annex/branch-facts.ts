import type { Key } from '../key/index.ts';
import type { Configuration } from '../placement/index.ts';
import {
  locationLogPath,
  parseProxyLog,
  parseRemoteLines,
  presentIn,
  type AnnexBranch,
  type ProxiedRemote,
  type RepositorySizes,
} from '../repository/index.ts';
import type { Uuid } from '../units/index.ts';

/**
 * The repositories that the location log says have a key, in the order of its lines, dead ones and clusters
 * among them; none when there is no log.
 */
export async function readLocations(
  key: Key,
  branch: Pick<AnnexBranch, 'read'>,
): Promise<readonly Uuid[]> {
  return presentIn((await branch.read(locationLogPath(key))) ?? '');
}

/** What each gateway gives access to, as proxy.log says; by the UUID of the gateway. */
export async function readProxies(
  branch: AnnexBranch,
): Promise<ReadonlyMap<Uuid, readonly ProxiedRemote[]>> {
  return parseProxyLog((await branch.read('proxy.log')) ?? '');
}

/** The lines of remote.log as they stand, without UUID and stamp, by repository. */
export async function readRemoteLines(
  branch: Pick<AnnexBranch, 'read'>,
): Promise<ReadonlyMap<Uuid, string>> {
  return parseRemoteLines((await branch.read('remote.log')) ?? '');
}

/**
 * How many bytes a repository has as of the last refresh of the sizes, as an expression that goes by them is to know
 * it: 0 for one that has no key and a description in uuid.log, `undefined` for one with neither.
 */
export function knownSizeBytes(
  repository: Uuid,
  sizes: Pick<RepositorySizes, 'sizeBytes'>,
  { repositories }: Configuration,
): bigint | undefined {
  const isDescribed = repositories.get(repository)?.description !== undefined;
  return sizes.sizeBytes(repository, isDescribed);
}
