import { pause } from '../../acts/requests.ts';
import { notCluster } from '../../acts/troubles.ts';
import { name } from '../../language/fields.ts';
import { repairInCluster } from '../../state/cluster-repair.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `repair` say. */
export interface RepairCluster {
  readonly cluster: string;
}

const keysBetweenPauses = 1 << 10;

/** Walks at most, while each moves something: where sizes decide, one may follow from another for ever. */
const walksMax = 50;

/** `repair CLUSTER`: has the nodes of a cluster keep what they want, as its gateway does with `serve --repair on`. */
export const repair: CommandRow<RepairCluster> = {
  isOwn: true,
  isLong: true,
  fields: { cluster: name('CLUSTER') },
  *does({ cluster: clusterName }, state) {
    const { network, contents } = state;
    const cluster = network.clusters.get(clusterName);
    if (cluster === undefined) return troubled(notCluster(clusterName));
    for (let walks = 0, isMoved = true; isMoved && walks < walksMax; walks += 1) {
      isMoved = false;
      const keys = new Set<number>();
      for (const file of contents.order()) keys.add(contents.keyOf(file));
      let count = 0;
      for (const key of keys) {
        isMoved = repairInCluster(cluster, key, state) || isMoved;
        count += 1;
        if (count % keysBetweenPauses === 0) yield pause;
      }
    }
    return done;
  },
};
