import type { SpecialSettings } from '../../nodes/index.ts';
import type { GitConfig } from '../../repository/index.ts';
import { servedRemotes, type TopologySources } from '../topology/topology.ts';

/** A remote that a branch is exported to. */
export interface Tracked {
  readonly settings: SpecialSettings;
  /** The ref whose pushes count. */
  readonly ref: string;
  /** What is exported: the ref, or a directory in it. */
  readonly treeish: string;
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
