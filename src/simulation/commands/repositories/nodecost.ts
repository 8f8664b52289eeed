import { notCluster, notItsNode } from '../../acts/troubles.ts';
import { name } from '../../language/fields.ts';
import { misread } from '../../language/misread.ts';
import { readNumber } from '../../language/values.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `nodecost` say. */
export interface NodeCost {
  readonly cluster: string;
  /** By its name, or by that of a cluster node. */
  readonly node: string;
  readonly cost: number;
}

/** `nodecost CLUSTER NODE COST`: as `annex-cost` of git config at the gateway, 100 without it. */
export const nodecost: CommandRow<NodeCost> = {
  isOwn: true,
  fields: {
    cluster: name('CLUSTER'),
    node: name('NODE'),
    cost: {
      kind: 'word',
      usage: 'COST',
      read: (word) => {
        const cost = Number(readNumber(word.text) ?? 0n);
        const isCost = Number.isSafeInteger(cost) && cost > 0;
        return isCost ? cost : misread(word, 'cost', 'a whole number above 0');
      },
      print: String,
    },
  },
  does({ cluster: clusterName, node: nodeName, cost }, { network }) {
    const cluster = network.clusters.get(clusterName);
    if (cluster === undefined) return troubled(notCluster(clusterName));
    const node = network.find(nodeName);
    if (node === undefined || !cluster.nodes.includes(node)) {
      return troubled(notItsNode(nodeName, clusterName));
    }
    const costs = new Map(cluster.costs).set(node, cost);
    network.setCluster(clusterName, { ...cluster, costs });
    return done;
  },
};
