/**
 * Sends a content to a cluster, as a gateway does with an upload (ARCHITECTURE.md, "An upload to a cluster"):
 *
 * 1. The gateway asks nodes that its view takes for holders, and forgets those that are none.
 * 2. `fanout` chooses on the gateway's view, of the nodes that it reaches.
 * 3. Nodes that have no room take nothing: without them it is decided again. A content that some node would
 *    have wanted goes to none that does not.
 * 4. All chosen nodes store it in one act. Each node, the gateway and who sends know of it at once.
 */
import type { Cluster } from '../world/repositories.ts';
import type { SimulationState } from './state.ts';

/** Who sends which file, and to what cluster. */
export interface ClusterSend {
  readonly sender: number;
  /** The name by which it is asked to. */
  readonly senderName: string;
  readonly cluster: Cluster;
  readonly file: number;
}

/** The nodes that a content goes to now, in the order in which `fanout` chose them; none when it is held already. */
function nodesFor({ cluster, file }: ClusterSend, state: SimulationState): readonly number[] {
  const { network, contents, disks, evaluator } = state;
  correctView(cluster, file, state);
  const bytes = contents.bytes(contents.keyOf(file));
  let usable = cluster.nodes.filter((node) => network.reach.reaches(cluster.gateway, node));
  for (let isFirst = true, wasWanted = false; ; isFirst = false) {
    const decided = evaluator.fanout(cluster, file, usable);
    if (decided.kind === 'alreadyHeld') return [];
    if (isFirst) wasWanted = decided.kind === 'store';
    else if (wasWanted && decided.kind === 'unwanted') return [];
    const chosen = decided.nodes.flatMap((uuid) =>
      cluster.nodes.filter((node) => network.repository(node).uuid === uuid),
    );
    const full = chosen.filter((node) => !disks.hasRoom(node, bytes));
    if (full.length === 0) return chosen;
    usable = usable.filter((node) => !full.includes(node));
  }
}

/** A copy that is not there counts for nothing. */
function correctView({ gateway, nodes }: Cluster, file: number, state: SimulationState): void {
  const { views, network, contents, clock } = state;
  const key = contents.keyOf(file);
  for (const node of nodes) {
    if (!network.reach.reaches(gateway, node) || views.holds(node, node, key)) continue;
    if (views.holds(gateway, node, key)) views.set(gateway, node, key, false, clock.now);
  }
}

/** Sends a content; nothing is done when the sender has none or any node that is reached has it already. */
export function sendToCluster(send: ClusterSend, state: SimulationState): void {
  const { views, network, contents, clock, history, oddities, runner, onEvent } = state;
  const { sender, senderName, cluster, file } = send;
  const { gateway } = cluster;
  const key = contents.keyOf(file);
  if (!views.holds(sender, sender, key) || !network.reach.reaches(sender, gateway)) return;
  const tell = (node: number): void => {
    for (const knowing of new Set([node, gateway, sender])) {
      views.set(knowing, node, key, true, clock.now);
    }
  };
  if (!oddities.clocktie) clock.now += 1;
  const holders = cluster.nodes.filter(
    (node) => network.reach.reaches(gateway, node) && views.holds(node, node, key),
  );
  // A client asks whether the cluster has it, and hears who does.
  if (holders.length > 0) return holders.forEach(tell);
  for (const node of nodesFor(send, state)) {
    const { name } = network.repository(node);
    const operation = { kind: 'send', actor: sender, actorName: senderName, other: node } as const;
    const event = runner.eventOf({ ...operation, otherName: name }, file, key);
    onEvent?.({ ...event, why: { ...event.why, here: gateway } });
    history.addChange(name, file, true);
    tell(node);
  }
  return undefined;
}
