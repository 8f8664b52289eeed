/**
 * Sends a content to a cluster, as a client and a gateway do (ARCHITECTURE.md, "An upload to a cluster"):
 *
 * 1. The client asks whether the cluster has it. When placement's `clusterPresence` says that it has, or that
 *    this is not known, nothing is sent, and nobody writes anything down.
 * 2. `fanout` chooses on the gateway's view, and placement's `placing-step` says what follows: who is taken for
 *    a holder is asked, and is none for this content alone if it has it not, as the gateway's log stays as it is;
 *    nodes that are away, or have no room, take nothing, and without them it is decided again. What no node
 *    wants is refused by a cluster that is told to.
 * 3. All chosen nodes store it in one act. Each node, the gateway and who sends know of it at once.
 */
import { beginPlacing, clusterPresence, stepPlacing } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { SimulatedCluster } from '../world/repositories.ts';
import type { SimulationState } from './state.ts';

/** Who sends which file, and to what cluster. */
export interface ClusterSend {
  readonly sender: number;
  /** The name by which it is asked to. */
  readonly senderName: string;
  readonly cluster: SimulatedCluster;
  readonly file: number;
}

/** A content on its way to a cluster. */
export interface PlacedSend {
  readonly cluster: SimulatedCluster;
  readonly file: number;
  /** Whether it is repair that sends it: no node takes it beyond its maxsize, or if no node wants it. Default: false. */
  readonly isRepair?: boolean;
}

/** The nodes that a content goes to now, by the steps that a gateway goes; none when it is held already. */
export function nodesFor(
  { cluster, file, isRepair = false }: PlacedSend,
  state: SimulationState,
): readonly number[] {
  const { network, contents, disks, evaluator, views } = state;
  const key = contents.keyOf(file);
  const bytes = contents.bytes(key);
  const holds = (node: number): boolean => views.holds(node, node, key);
  const numberOf = new Map(cluster.nodes.map((node) => [network.repository(node).uuid, node]));
  const numbersOf = (uuids: readonly Uuid[]): number[] =>
    uuids.flatMap((uuid) => numberOf.get(uuid) ?? []);
  const takes = (node: number): boolean =>
    network.reach.reaches(cluster.gateway, node) && disks.hasRoom(node, bytes);
  let chosen: readonly number[] = [];
  let step = beginPlacing({
    nodes: [...numberOf.keys()],
    refusesUnwanted: isRepair || cluster.refusesUnwanted,
  });
  for (;;) {
    const { act } = step;
    if (act.kind === 'decide') {
      const decided = evaluator.fanout(cluster, file, {
        nodes: numbersOf(act.nodes).filter(
          (node) => !isRepair || evaluator.fitsBelowMaxsize(cluster, node, key),
        ),
        without: act.without,
      });
      const nodes = decided.kind === 'alreadyHeld' ? [] : decided.nodes;
      step = stepPlacing(step, { kind: 'decided', decision: { ...decided, nodes } });
    } else if (act.kind === 'ask') {
      const answered = new Map(act.nodes.map((uuid) => [uuid, numbersOf([uuid]).some(holds)]));
      step = stepPlacing(step, { kind: 'held', answered });
    } else if (act.kind === 'try') {
      // In the order in which they were chosen, which is one of gets.
      const inOrder = step.state.decision?.nodes ?? [];
      chosen = numbersOf(inOrder.filter((node) => act.nodes.includes(node)));
      const failed = act.nodes.filter((uuid) => !numbersOf([uuid]).every(takes));
      step = stepPlacing(step, { kind: 'tried', failed });
    } else {
      return chosen;
    }
  }
}

/** Sends a content; nothing is done when the sender has none, or hears from the cluster that it has it, or nothing. */
export function sendToCluster(send: ClusterSend, state: SimulationState): void {
  const { views, network, contents, clock, history, runner, onEvent } = state;
  const { sender, senderName, cluster, file } = send;
  const { gateway } = cluster;
  const key = contents.keyOf(file);
  if (!views.holds(sender, sender, key) || !network.reach.reaches(sender, gateway)) return;
  const uuidsWhere = (is: (node: number) => boolean): Uuid[] =>
    cluster.nodes.filter(is).map((node) => network.repository(node).uuid);
  const isAway = (node: number): boolean => !network.reach.reaches(gateway, node);
  const presence = clusterPresence({
    nodes: uuidsWhere(() => true),
    isHeld: cluster.nodes.some((node) => !isAway(node) && views.holds(node, node, key)),
    away: uuidsWhere(isAway),
    logged: new Set(uuidsWhere((node) => views.holds(gateway, node, key))),
  });
  if (presence !== 'absent') return;
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
