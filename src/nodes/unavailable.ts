import type { Uuid } from '../units/index.ts';
import { NodeUnavailableError } from './errors.ts';
import type { StorageNode } from './storage-node.ts';

/** Stands for a node that cannot be used, and says why whenever it is asked. */
export function unavailableNode(node: {
  readonly uuid: Uuid;
  readonly name: string;
  readonly cost: number;
  readonly why: string;
}): StorageNode {
  const refuse = (): Promise<never> =>
    Promise.reject(new NodeUnavailableError(node.name, node.why));
  return {
    uuid: node.uuid,
    name: node.name,
    cost: node.cost,
    has: refuse,
    get: refuse,
    offsetBytes: refuse,
    put: refuse,
    remove: refuse,
    lock: refuse,
    clockSeconds: refuse,
    probe: refuse,
  };
}
