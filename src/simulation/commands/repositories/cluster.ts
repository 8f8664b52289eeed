import { specialRemoteActs, unknownRepository } from '../../acts/troubles.ts';
import { name, wordsField } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import { clusterUuid } from '../../random/identities.ts';
import type { CommandRow } from '../row.ts';
import { takenName } from './taken-name.ts';

/** What the words of `cluster` say. */
export interface DeclareCluster {
  readonly name: string;
  /** The repository that chooses the nodes for what is sent, by what it knows. */
  readonly gateway: string;
  /** By name, or by the name of a cluster node. */
  readonly nodes: readonly string[];
}

/** `cluster NAME GATEWAY NODE...`: nodes that stand behind a gateway as one, for `copyto` to send to. */
export const cluster: CommandRow<DeclareCluster> = {
  isOwn: true,
  fields: { name: name('NAME'), gateway: name('GATEWAY'), nodes: wordsField('NODE...', 1) },
  does({ name, gateway: gatewayName, nodes: nodeNames }, { network }) {
    const taken = takenName(name, network);
    if (taken !== undefined) return troubled(taken);
    const gateway = network.find(gatewayName);
    if (gateway === undefined) return troubled(unknownRepository(gatewayName, network));
    if (network.repository(gateway).isSpecialRemote) {
      return troubled(specialRemoteActs(gatewayName));
    }
    const nodes = new Set<number>();
    for (const nodeName of nodeNames) {
      const node = network.find(nodeName);
      if (node === undefined) return troubled(unknownRepository(nodeName, network));
      nodes.add(node);
    }
    network.setCluster(name, {
      uuid: clusterUuid(name),
      gateway,
      nodes: [...nodes],
      costs: new Map(),
      refusesUnwanted: false,
    });
    return done;
  },
};
