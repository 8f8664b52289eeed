import type { SpecialSettings } from '../../nodes/index.ts';
import type { GitConfig } from '../../repository/index.ts';
import type { Notice } from '../notices/notices.ts';
import { servedRemotes, type TopologySources } from '../topology/topology.ts';

/** A remote that a branch is exported to. */
export interface Tracked {
  readonly settings: SpecialSettings;
  /** The ref whose pushes count. */
  readonly ref: string;
  /** What is exported: the ref, or a directory in it. */
  readonly treeish: string;
}

/** Whether the same is exported to the same remote, with the same settings. */
export function isSame(one: Tracked, other: Tracked): boolean {
  return one.settings === other.settings && one.treeish === other.treeish;
}

/** Whether git config has any remote track a branch: most have none, and need not look further. */
export function mayTrack(config: Pick<GitConfig, 'names'>): boolean {
  return [...config.names()].some((name) => name.endsWith('.annex-tracking-branch'));
}

/**
 * The remotes that a gateway serves, that trees are exported to and that track a branch: `main`, or a directory of
 * it, `main:sub` (spec/special-remotes.md section 8.4).
 */
export function trackedRemotes(sources: TopologySources): readonly Tracked[] {
  return servedRemotes(sources).flatMap((remote) => {
    const found = sources.specials.get(remote);
    const tracking = sources.config.get(`remote.${remote}.annex-tracking-branch`);
    if (found?.kind !== 'special' || found.settings.exportType === undefined) return [];
    if (tracking === undefined || tracking === '') return [];
    const colon = tracking.indexOf(':');
    const branch = colon < 0 ? tracking : tracking.slice(0, colon);
    const ref = branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
    const treeish = colon < 0 ? ref : `${ref}:${tracking.slice(colon + 1).replace(/\/+$/, '')}`;
    return [{ settings: found.settings, ref, treeish }];
  });
}

/** What is told of remotes that are set to track a branch, and that nothing is exported to all the same. */
export function uselessTracking(
  sources: TopologySources,
  config: Pick<GitConfig, 'names' | 'get'>,
): readonly Notice[] {
  const served = new Set(servedRemotes(sources));
  return [...config.names()].flatMap((name): Notice[] => {
    const remote = /^remote\.(.+)\.annex-tracking-branch$/.exec(name)?.[1];
    const found = remote === undefined ? undefined : sources.specials.get(remote);
    if (remote === undefined || found?.kind !== 'special' || config.get(name) === '') return [];
    if (found.settings.exportType === undefined || served.has(remote)) return [];
    const text =
      `${remote} tracks a branch, and nothing is exported to it, as it is not served: ` +
      `set remote.${remote}.annex-proxy, or make it a node of a cluster, and run "git annex updateproxy"`;
    return [{ kind: 'unsupported', subject: `tracking of ${remote}`, text }];
  });
}
