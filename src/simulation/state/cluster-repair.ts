/**
 * Repairs a content of a cluster, as its gateway does (ARCHITECTURE.md, "Repair"): round after round of placement's
 * `repairRound` on the gateway's view.
 *
 * 1. Copies are made as an upload to the cluster is, from a node that has the content; not beyond a maxsize. A node that
 *    turns out to have lost it is none that has it from then on.
 * 2. When some were made, or none were wanted, copies go that are not wanted: each when `repairRound` says so again with
 *    the other copies proved, locked on repositories and seen on special remotes.
 * 3. It ends when nothing is left to do, nothing can be done, it is where it was before, or what is left would never come
 *    to an end.
 */
import type { CopyProofs, RepairRound } from '../../placement/index.ts';
import { compareBytes, type Uuid } from '../../units/index.ts';
import { usualCost, type SimulatedCluster } from '../world/repositories.ts';
import { nodesFor } from './cluster-send.ts';
import type { SimulationState } from './state.ts';

/** Repairs a key; whether something was moved. */
export function repairInCluster(
  cluster: SimulatedCluster,
  key: number,
  state: SimulationState,
): boolean {
  const { views, evaluator, contents } = state;
  const holders = (): string =>
    cluster.nodes.filter((node) => views.holds(cluster.gateway, node, key)).join(' ');
  const begun = holders();
  const seen = new Set<string>();
  for (;;) {
    const now = holders();
    const proof = proofAtHand(cluster, state);
    const round = roundOf(cluster, key, state, proof);
    if (round.gets.length + round.drops.length === 0 || seen.has(now)) return now !== begun;
    const files = [...contents.filesOf(key)];
    if (!evaluator.settles(cluster, key, { files, proof })) return now !== begun;
    seen.add(now);
    const got = round.gets.length > 0 ? getCopies(cluster, key, state) : 'nothing';
    // Somebody has lost it: what is wanted, and what for, may be else now.
    if (got === 'anew') continue;
    if (got === 'some' || round.gets.length === 0) {
      for (const uuid of round.drops) dropCopy(cluster, uuid, { key, state });
    }
  }
}

/** Repositories keep locks; of a special remote it is only seen what it has. */
function proofBy(repository: number, network: SimulationState['network']): keyof CopyProofs {
  return network.repository(repository).isSpecialRemote ? 'verified' : 'locked';
}

/** What could be proved, as long as nobody is asked. */
function proofAtHand({ nodes, gateway }: SimulatedCluster, { network }: SimulationState) {
  return (repository: number): keyof CopyProofs | undefined =>
    repository === gateway || nodes.includes(repository) ? proofBy(repository, network) : undefined;
}

function roundOf(
  cluster: SimulatedCluster,
  key: number,
  { evaluator, contents }: SimulationState,
  proof: (repository: number) => keyof CopyProofs | undefined,
  files: readonly number[] = [...contents.filesOf(key)],
): RepairRound {
  return evaluator.repair(cluster, key, { files, proof });
}

/** Makes copies of a key; whether some were made, or `anew` when somebody turned out to have it no more. */
function getCopies(
  cluster: SimulatedCluster,
  key: number,
  state: SimulationState,
): 'nothing' | 'some' | 'anew' {
  const { views, contents, network } = state;
  const { gateway } = cluster;
  const isAtHand = (node: number): boolean =>
    (node === gateway || network.reach.reaches(gateway, node)) && views.holds(gateway, node, key);
  const source = [...cheapestFirst(cluster, network), gateway].find(isAtHand);
  if (source === undefined) return 'nothing';
  if (noteIfLost(source, { gateway, key, state })) return 'anew';
  let isMade = false;
  for (const file of contents.filesOf(key)) {
    const { gets } = roundOf(cluster, key, state, proofAtHand(cluster, state), [file]);
    if (gets.length === 0) continue;
    for (const node of nodesFor({ cluster, file, isRepair: true }, state)) {
      move('send', node, { cluster, file, key, state });
      isMade = true;
    }
  }
  return isMade ? 'some' : 'nothing';
}

/** Who is thought to have a content and is asked has it no more, and the gateway knows it then; whether that is so. */
function noteIfLost(
  repository: number,
  of: { readonly gateway: number; readonly key: number; readonly state: SimulationState },
): boolean {
  const { gateway, key } = of;
  const { views, clock } = of.state;
  const isLost = views.holds(gateway, repository, key) && !views.holds(repository, repository, key);
  if (!isLost) return false;
  clock.now += 1;
  views.set(gateway, repository, key, false, clock.now);
  return true;
}

function cheapestFirst(
  { nodes, costs }: SimulatedCluster,
  network: SimulationState['network'],
): readonly number[] {
  const cost = (node: number): number => costs.get(node) ?? usualCost;
  const uuid = (node: number): Uuid => network.repository(node).uuid;
  return nodes.toSorted(
    (one, other) => cost(one) - cost(other) || compareBytes(uuid(one), uuid(other)),
  );
}

function dropCopy(
  cluster: SimulatedCluster,
  uuid: Uuid,
  { key, state }: { readonly key: number; readonly state: SimulationState },
): void {
  const { views, network, contents } = state;
  const { gateway } = cluster;
  const node = network.numberOf(uuid);
  if (node === undefined) return;
  const proof = (other: number): keyof CopyProofs | undefined => {
    const isKnown = cluster.nodes.includes(other) || other === gateway;
    const isAsked = other === gateway || network.reach.reaches(gateway, other);
    if (!isKnown || !isAsked || !views.holds(other, other, key)) return undefined;
    return proofBy(other, network);
  };
  for (const other of [...cluster.nodes, gateway]) {
    const isAsked = other === gateway || network.reach.reaches(gateway, other);
    if (other !== node && isAsked) noteIfLost(other, { gateway, key, state });
  }
  if (!network.reach.reaches(gateway, node)) return;
  const round = roundOf(cluster, key, state, proof);
  const [file] = contents.filesOf(key);
  if (round.gets.length > 0 || !round.drops.includes(uuid) || file === undefined) return;
  move('drop', node, { cluster, file, key, state });
}

/** A copy comes to a node or goes, of which the gateway and the node know at once. */
function move(
  kind: 'send' | 'drop',
  node: number,
  of: {
    readonly cluster: SimulatedCluster;
    readonly file: number;
    readonly key: number;
    readonly state: SimulationState;
  },
): void {
  const { file, key, cluster } = of;
  const { views, network, clock, history, runner, onEvent } = of.state;
  const { gateway } = cluster;
  const { name: otherName } = network.repository(node);
  const { name: actorName } = network.repository(gateway);
  onEvent?.(runner.eventOf({ kind, actor: gateway, actorName, other: node, otherName }, file, key));
  history.addChange(otherName, file, kind === 'send');
  clock.now += 1;
  for (const knowing of new Set([node, gateway])) {
    views.set(knowing, node, key, kind === 'send', clock.now);
  }
}
