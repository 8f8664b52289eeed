import type { Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import { Shortfall } from '../missing/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import { askAll } from '../placing/ask-all.ts';
import type { PlacedItem, Placing } from '../placing/placing.ts';
import { firstOf, type AskedCluster } from './first-of.ts';

/** Nodes that an upload would be written to now; none where all of them have it. */
export interface UploadNodes {
  readonly nodes: readonly StorageNode[];
  readonly isHeld: boolean;
}

/** The nodes behind a UUID, for what clients send to these, and get from these, themselves. */
export interface DirectNodes {
  readonly nodes: readonly StorageNode[];
  readonly work: NodeWork;
  /**
   * Where an upload would go to now. No room is kept for it: that is asked for when it is stored.
   *
   * @throws what a put would be refused with, as UNWANTED.
   */
  uploadNodes(item: PlacedItem): Promise<UploadNodes>;
  /** What the first node gives that has a key, `undefined` where none does. */
  first<T>(
    key: Key,
    question: (node: StorageNode) => Promise<T | undefined>,
  ): Promise<T | undefined>;
}

/** One node by itself. */
export function directNode(node: StorageNode, work: NodeWork): DirectNodes {
  return {
    nodes: [node],
    work,
    uploadNodes: async ({ key }) => {
      const isHeld = await work.noteHeld(node, key);
      return { nodes: isHeld ? [] : [node], isHeld };
    },
    first: (_key, question) => work.ask(node, () => question(node)),
  };
}

/** The nodes of a cluster. */
export function directNodes(cluster: AskedCluster, placing: Placing): DirectNodes {
  return {
    nodes: cluster.nodes,
    work: cluster.work,
    uploadNodes: async (item) => {
      const placed = await placing.place(
        item,
        { short: new Shortfall() },
        async ({ placement, nodes }) => {
          placement.end();
          return await askAll(nodes, (node) => cluster.work.noteHeld(node, item.key));
        },
      );
      const { holders, failures, trial } = placed;
      const nodes = placed.nodes.filter((node) => trial.answered.get(node) === false);
      const isHeld = nodes.length === 0 && (holders.length > 0 || trial.answered.size > 0);
      if (nodes.length === 0 && !isHeld) throw placing.unavailable(failures);
      return { nodes, isHeld };
    },
    first: (key, question) => firstOf(cluster, key, question),
  };
}
