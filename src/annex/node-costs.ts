import { remoteNames, remotePath, remoteUuid, type GitConfig } from '../repository/index.ts';
import { parseUuid, type Uuid } from '../units/index.ts';

/** git-annex's cost of a repository on a local path, and of a special remote that is near. */
const near = 100;

/** git-annex's cost of a repository that is reached over a network. */
const far = 200;

/**
 * The cost of a remote, as git config has it in `annex-cost`.
 * @param usual git-annex's cost of a remote of its kind, for one without a cost that is a number other than 0.
 */
export function costOf(remote: string, config: Pick<GitConfig, 'get'>, usual: number): number {
  return Number(config.get(`remote.${remote}.annex-cost`) ?? usual) || usual;
}

/**
 * What repositories cost from one whose git config this is: lower is nearer, and itself nothing. One that is no remote
 * of it, and one that is reached by no url, costs as much as a repository on a local path.
 */
export function costsOfRemotes(config: GitConfig): (repository: Uuid) => number {
  const costs = new Map<Uuid, number>();
  for (const remote of remoteNames(config)) {
    const uuid = remoteUuid(remote, config);
    if (uuid === undefined) continue;
    const isFar =
      config.get(`remote.${remote}.url`) !== undefined &&
      remotePath(remote, config, '/') === undefined;
    const cost = costOf(remote, config, isFar ? far : near);
    costs.set(uuid, Math.min(cost, costs.get(uuid) ?? cost));
  }
  const own = parseUuid(config.get('annex.uuid') ?? '');
  if (own !== undefined) costs.set(own, 0);
  return (repository) => costs.get(repository) ?? near;
}
