/**
 * Sends a content to a cluster, as a client and a gateway do (ARCHITECTURE.md, "An upload to a cluster"):
 *
 * 1. The client asks whether the cluster has it. When a node says so, nothing is sent, and nobody writes it
 *    down. When a node that cannot be asked is logged to have it, or none can be asked, the answer is an
 *    error, and nothing is sent either.
 * 2. The gateway asks nodes that its view takes for holders, and forgets those that are none.
 * 3. `fanout` chooses on the gateway's view, of all nodes.
 * 4. Nodes that are away, or have no room, take nothing: without them it is decided again. A content that some
 *    node would have wanted goes to none that does not.
 * 5. All chosen nodes store it in one act. Each node, the gateway and who sends know of it at once.
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
  let usable = cluster.nodes;
  for (let isFirst = true, wasWanted = false; ; isFirst = false) {
    const decided = evaluator.fanout(cluster, file, usable);
    if (decided.kind === 'alreadyHeld') return [];
    if (isFirst) wasWanted = decided.kind === 'store';
    else if (wasWanted && decided.kind === 'unwanted') return [];
    const chosen = decided.nodes.flatMap((uuid) =>
      cluster.nodes.filter((node) => network.repository(node).uuid === uuid),
    );
    const lost = chosen.filter(
      (node) => !network.reach.reaches(cluster.gateway, node) || !disks.hasRoom(node, bytes),
    );
    if (lost.length === 0) return chosen;
    usable = usable.filter((node) => !lost.includes(node));
  }
}

/** A copy that is not there counts for nothing. */
function correctView({ gateway, nodes }: Cluster, file: number, state: SimulationState): void {
  const { views, network, contents, clock } = state;
  const key = contents.keyOf(file);
  for (const node of nodes) {
    if (!network.reach.reaches(gateway, node) || views.holds(node, node, key)) continue;
    if (!views.holds(gateway, node, key)) continue;
    views.set(gateway, node, key, false, clock.now);
    clock.now += 1;
  }
}

/** Sends a content; nothing is done when the sender has none, or hears from the cluster that it has it, or nothing. */
export function sendToCluster(send: ClusterSend, state: SimulationState): void {
  const { views, network, contents, clock, history, runner, onEvent } = state;
  const { sender, senderName, cluster, file } = send;
  const { gateway } = cluster;
  const key = contents.keyOf(file);
  if (!views.holds(sender, sender, key) || !network.reach.reaches(sender, gateway)) return;
  const [reached, away] = [true, false].map((isReached) =>
    cluster.nodes.filter((node) => network.reach.reaches(gateway, node) === isReached),
  );
  if (reached === undefined || reached.length === 0) return;
  if (reached.some((node) => views.holds(node, node, key))) return;
  if (away?.some((node) => views.holds(gateway, node, key)) === true) return;
  // Whatever the oddity: git-annex has no such act, and a view takes no second line of one moment.
  clock.now += 1;
  for (const node of nodesFor(send, state)) {
    const { name } = network.repository(node);
    const operation = { kind: 'send', actor: sender, actorName: senderName, other: node } as const;
    const event = runner.eventOf({ ...operation, otherName: name }, file, key);
    onEvent?.({ ...event, why: { ...event.why, here: gateway } });
    history.addChange(name, file, true);
    for (const knowing of new Set([node, gateway, sender])) {
      views.set(knowing, node, key, true, clock.now);
    }
  }
}
