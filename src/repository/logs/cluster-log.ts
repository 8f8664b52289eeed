import { isUuid, type Uuid } from '../../units/index.ts';
import { parseMapStampedLog, setMapStampedLog } from './lines/map-stamped-log.ts';
import type { TimeStamp } from './lines/time-stamp.ts';

/** cluster.log: the nodes of each cluster, by the cluster's UUID. */
export function parseClusterLog(text: string): Map<Uuid, readonly Uuid[]> {
  const clusters = new Map<Uuid, readonly Uuid[]>();
  for (const [cluster, { value }] of parseMapStampedLog(text, isUuid)) {
    clusters.set(cluster, [...new Set(value.split(' ').filter(isUuid))]);
  }
  return clusters;
}

/** cluster.log with a cluster of exactly these nodes, sorted as git-annex writes them. */
export function setCluster(
  text: string,
  setting: { readonly cluster: Uuid; readonly nodes: readonly Uuid[]; readonly now: TimeStamp },
): string {
  const value = [...new Set(setting.nodes)].sort().join(' ');
  return setMapStampedLog(text, { subject: setting.cluster, value, now: setting.now }, isUuid);
}
