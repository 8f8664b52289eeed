import { nameTaken, type Trouble } from '../../acts/troubles.ts';
import type { Network } from '../../world/network.ts';

/** The trouble with a name for something new; `undefined` when no repository and no node has it. */
export function takenName(name: string, network: Network): Trouble | undefined {
  return network.find(name) === undefined ? undefined : nameTaken(name, network);
}
