import type { Key } from '../../key/index.ts';
import type { NodeUnavailableError, StorageNode } from '../../nodes/index.ts';
import { clusterPresence } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import { uuidsOf } from '../placing/placing.ts';
import { firstAnswer } from '../nodes/watch/first-answer.ts';

/** A cluster, as questions are asked of it. */
export interface AskedCluster {
  /** Its usable nodes, cheapest first. */
  readonly nodes: readonly StorageNode[];
  readonly work: NodeWork;
  /** Repositories that the location log says have a key. */
  locations(key: Key): Promise<readonly Uuid[]>;
  /** What a question is answered with that none of these nodes could answer. */
  unavailable(failed: ReadonlyMap<StorageNode, unknown>): NodeUnavailableError;
}

/**
 * What the first node gives that has a key: nodes that the log names before the others. Nothing when the
 * cluster does not have it, by placement's `clusterPresence`.
 *
 * @param question gives `undefined` when the node has nothing.
 * @param late gives back an answer that comes when another one has been taken.
 * @throws NodeUnavailableError when nobody could be asked, or one that may have it could not.
 */
export async function firstOf<T>(
  cluster: AskedCluster,
  key: Key,
  question: (node: StorageNode) => Promise<T | undefined>,
  late: (answer: T | undefined) => Promise<void> = () => Promise.resolve(),
): Promise<T | undefined> {
  const { nodes, work } = cluster;
  const logged = new Set(await cluster.locations(key));
  const inOrder = [
    ...nodes.filter(({ uuid }) => logged.has(uuid)),
    ...nodes.filter(({ uuid }) => !logged.has(uuid)),
  ];
  const failed = new Map<StorageNode, unknown>();
  const answer = await firstAnswer(work.watch.promptFirst(inOrder), {
    clock: work.clock,
    ask: (node) => work.ask(node, () => question(node), { late }),
    aloneMs: work.limits.nodeDoubtMs,
    late,
    failed: (node, error) => {
      failed.set(node, error);
      work.tell(node, 'could not be asked for', key, error);
    },
  });
  const presence = clusterPresence({
    nodes: uuidsOf(nodes),
    isHeld: answer !== undefined,
    away: uuidsOf([...failed.keys()]),
    logged,
  });
  if (presence === 'unknown') throw cluster.unavailable(failed);
  return answer;
}
