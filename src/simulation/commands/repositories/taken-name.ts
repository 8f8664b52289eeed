import { nameTaken, type Trouble } from '../../acts/troubles.ts';
import type { Network } from '../../world/network.ts';

/** The trouble with a name for something new; `undefined` when no repository, node or cluster has it. */
export function takenName(name: string, network: Network): Trouble | undefined {
  const isFree = network.find(name) === undefined && !network.clusters.has(name);
  return isFree ? undefined : nameTaken(name, network);
}
