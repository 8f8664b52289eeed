/**
 * Which nodes of a cluster a new upload goes to (spec/cluster-and-proxy.md section 4):
 *
 * 1. Nodes that the location log lists for the key are holders, the others candidates.
 * 2. The candidates are asked one after the other: cheapest first, then the largest share of free
 *    space before the upload, then the lowest UUID. To each, those chosen so far hold the key, their
 *    sizes included: so what is stored is what as many gets in this order would come to, each node
 *    wanting the key when its turn comes. For the balanced terms this gives what each would have said
 *    before the upload; for terms that count copies, as many copies as were asked for.
 * 3. When no candidate wants it but a holder does, the cluster already has what it wants.
 * 4. When no node wants it, all candidates take it: git-annex refuses nothing.
 */
import { compareBytes, doubleOf, type Uuid } from '../../units/index.ts';
import { annexOf, type Annex } from '../world/annex.ts';
import { wanted, wouldWantIfAbsent } from './wanted.ts';
import { worldAfter } from '../world/world-after.ts';
import type { Item, World } from '../world/world.ts';

/** A node of a cluster that can be written to now. */
export interface UsableNode {
  readonly uuid: Uuid;
  /** Cost of the remote, as in git config: lower is nearer. */
  readonly cost: number;
}

/** What {@link fanout} is told beside the world. */
export interface FanoutOptions {
  /**
   * The nodes that the gateway can write to; those that are not nodes of the cluster are left out. A list
   * is never changed once it was given: what follows from it is kept.
   */
  readonly nodes: readonly UsableNode[];
}

/**
 * Where an upload goes. In each case `holders` are the usable nodes that are logged to have the
 * key.
 */
export type Fanout =
  /** Some candidates want it; in the order in which they were chosen, which is one of gets. Never empty. */
  | { readonly kind: 'store'; readonly nodes: readonly Uuid[]; readonly holders: readonly Uuid[] }
  /** A holder wants it and no candidate does, or there is no candidate: store nowhere. */
  | { readonly kind: 'alreadyHeld'; readonly holders: readonly Uuid[] }
  /**
   * No node wants it, holder or not: all candidates, in the same order. Empty only when the cluster
   * has no usable node at all.
   */
  | {
      readonly kind: 'unwanted';
      readonly nodes: readonly Uuid[];
      readonly holders: readonly Uuid[];
    };

/**
 * The nodes of a cluster that an upload goes to. A node without an expression wants everything.
 * @param item the key as to be added, with the file name that the client gave.
 * @param world the facts at one moment; sizes hold the reservations of other uploads, not of this.
 * @returns the same for any order of `options.nodes`; never a dead node. Throws {@link
 * RefusedExpressionError} when a node that has to be asked has an expression that is refused. Cost:
 * at most two evaluations a node; balanced terms hash the key once.
 */
export function fanout(cluster: Uuid, item: Item, world: World, options: FanoutOptions): Fanout {
  const annex = annexOf(world.configuration);
  const nodes = nodesInOrder(annex, world, { cluster, nodes: options.nodes });
  const logged = world.locations(item);
  const holders = nodes.filter((node) => logged.includes(node));
  const candidates = nodes.filter((node) => !logged.includes(node));
  const chosen: Uuid[] = [];
  const now = worldAfter(world, item, chosen);
  for (const node of candidates) {
    if (wanted(node, item, now, true)) chosen.push(node);
  }
  if (chosen.length > 0) return { kind: 'store', nodes: chosen, holders };
  const isHeld =
    holders.length > 0 &&
    (candidates.length === 0 || holders.some((node) => keeps(node, item, world)));
  if (isHeld) return { kind: 'alreadyHeld', holders };
  return { kind: 'unwanted', nodes: candidates, holders };
}

function nodesInOrder(
  annex: Annex,
  world: World,
  { cluster, nodes }: { cluster: Uuid; nodes: readonly UsableNode[] },
): readonly Uuid[] {
  const usable = usableIn(annex, cluster, nodes);
  if (!usable.isBounded) return usable.uuids;
  return usable.nodes
    .map(({ uuid, cost }) => ({ uuid, cost, free: freeShare(annex, world, uuid) }))
    .sort(
      (left, right) =>
        left.cost - right.cost || right.free - left.free || compareBytes(left.uuid, right.uuid),
    )
    .map(({ uuid }) => uuid);
}

/** The nodes of a cluster that are asked, each once, cheapest first and then by UUID. */
interface Usable {
  readonly nodes: readonly UsableNode[];
  readonly uuids: readonly Uuid[];
  /** Whether one of them has a maxsize: then their order is another from content to content. */
  readonly isBounded: boolean;
}

const usableOfClusters = new WeakMap<Annex, WeakMap<readonly UsableNode[], Map<Uuid, Usable>>>();

/** Worked out once for a list of nodes, since a plan asks with the same one for each content. */
function usableIn(annex: Annex, cluster: Uuid, nodes: readonly UsableNode[]): Usable {
  let ofLists = usableOfClusters.get(annex);
  if (ofLists === undefined) usableOfClusters.set(annex, (ofLists = new WeakMap()));
  let ofClusters = ofLists.get(nodes);
  if (ofClusters === undefined) ofLists.set(nodes, (ofClusters = new Map()));
  let usable = ofClusters.get(cluster);
  if (usable === undefined) ofClusters.set(cluster, (usable = findUsable(annex, cluster, nodes)));
  return usable;
}

function findUsable(annex: Annex, cluster: Uuid, nodes: readonly UsableNode[]): Usable {
  const members = new Set(annex.configuration.clusters.get(cluster) ?? []);
  const costs = new Map<Uuid, number>();
  for (const { uuid, cost } of nodes) costs.set(uuid, Math.min(cost, costs.get(uuid) ?? cost));
  const usable = [...costs]
    .filter(([uuid]) => members.has(uuid) && annex.trust(uuid) !== 'dead')
    .map(([uuid, cost]) => ({ uuid, cost }))
    .sort((left, right) => left.cost - right.cost || compareBytes(left.uuid, right.uuid));
  const uuids = usable.map(({ uuid }) => uuid);
  const isBounded = uuids.some((uuid) => annex.settings(uuid).maxsizeBytes !== undefined);
  return { nodes: usable, uuids, isBounded };
}

/**
 * 1 for an empty node or one without a maxsize, 0 for a full one, below 0 when over its maxsize.
 */
function freeShare(annex: Annex, world: World, node: Uuid): number {
  const { maxsizeBytes } = annex.settings(node);
  if (maxsizeBytes === undefined) return 1;
  if (maxsizeBytes <= 0n) return 0;
  return doubleOf(maxsizeBytes - (world.sizeBytes(node) ?? 0n)) / doubleOf(maxsizeBytes);
}

/**
 * Whether a holder wants the content, as it is or if it did not have it: an expression that counts
 * copies is already satisfied by the copy it holds.
 */
function keeps(node: Uuid, item: Item, world: World): boolean {
  return wanted(node, item, world, true) || wouldWantIfAbsent(node, item, world, true);
}
