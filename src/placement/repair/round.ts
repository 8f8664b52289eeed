/**
 * What a content lacks, and has too much, where it is now: what repair would do about it next.
 *
 * 1. Each cluster gets what an upload to it would get now (fanout.ts), of those nodes that the content fits on
 *    by their maxsize; other repositories get what they want. What nobody has, nobody gets.
 * 2. Then, with those copies made, each repository that does not want its copy for any file drops it where that is
 *    allowed (may-drop.ts): the dearest node first, then the fullest. Each drop is judged as those before it leave
 *    the copies.
 */
import { compareBytes, type Uuid } from '../../units/index.ts';
import type { Key } from '../../key/index.ts';
import { fanout, type UsableNode } from '../evaluate/fanout.ts';
import { mayDrop, type CopyProofs, type DropRefusal } from '../evaluate/may-drop.ts';
import { wanted, wouldWantIfAbsent } from '../evaluate/wanted.ts';
import { annexOf } from '../world/annex.ts';
import type { Configuration } from '../world/configuration.ts';
import { worldAfter } from '../world/world-after.ts';
import type { Item, World } from '../world/world.ts';

/** A content with the files that use it: expressions are asked about each of them. */
export interface RepairedContent {
  readonly key: Key;
  /** The serialized key. */
  readonly keyText: string;
  /** Paths from the top of the repository; none for a key without a file. */
  readonly files: readonly string[];
}

/** Whose copies are to be as their expressions say. */
export interface RepairScope {
  /**
   * Nodes that can be written to, by the cluster that they are asked for. One without an expression wants everything,
   * as in an upload.
   */
  readonly clusters: ReadonlyMap<Uuid, readonly UsableNode[]>;
  /**
   * Repositories that are asked by themselves. One without an expression is left as it is, as are dead ones and clusters.
   * Default: none.
   */
  readonly repositories?: readonly Uuid[];
  /**
   * How the copy of a repository is proved for a drop, or could be; `undefined`: only the log knows of it. Default: by
   * a lock.
   */
  readonly proof?: (repository: Uuid) => keyof CopyProofs | undefined;
  /** Whether a copy can be made from that of a repository. Default: from any live one's. */
  readonly canGive?: (repository: Uuid) => boolean;
}

/** An unwanted copy that has to stay for now, and every reason why. */
export interface KeptCopy {
  readonly repository: Uuid;
  readonly refusals: readonly DropRefusal[];
}

/** What is to be done about a content next. Nobody is in two of the lists. */
export interface RepairRound {
  /** Who is to get a copy, in this order; copies enough for a source are there. */
  readonly gets: readonly Uuid[];
  /** Whose copy goes once those are made, in this order. */
  readonly drops: readonly Uuid[];
  /** Who wants a copy and has no room for it below its maxsize. */
  readonly full: readonly Uuid[];
  /** Who wants a copy of what nobody has, or dead repositories alone. */
  readonly lost: readonly Uuid[];
  /** Whose copy is not wanted there, and may not go. */
  readonly kept: readonly KeptCopy[];
}

/**
 * What repair would do about one content now. Throws `RefusedExpressionError` when an expression that has to be
 * asked is refused here. Cost: about two evaluations a repository and file.
 */
export function repairRound(
  content: RepairedContent,
  world: World,
  scope: RepairScope,
): RepairRound {
  const asked = askedOf(content, world, scope);
  const { gets, full } = getsOf(asked);
  const hasSource = world
    .locations(asked.first)
    .some((uuid) => isLive(uuid, world.configuration) && scope.canGive?.(uuid) !== false);
  if (!hasSource) return { gets: [], drops: [], full: [], lost: [...gets, ...full], kept: [] };
  return { gets, full, lost: [], ...dropsOf(asked, gets) };
}

interface Asked {
  readonly items: readonly Item[];
  readonly first: Item;
  readonly world: World;
  readonly scope: RepairScope;
}

function askedOf(
  { key, keyText, files }: RepairedContent,
  world: World,
  scope: RepairScope,
): Asked {
  const [file, ...others] = files;
  const first: Item = { key, keyText, file };
  return {
    items: [first, ...others.map((file): Item => ({ key, keyText, file }))],
    first,
    world,
    scope,
  };
}

/** Whether a repository can have contents: dead ones have none, and of clusters only the nodes do. */
function isLive(uuid: Uuid, configuration: Configuration): boolean {
  return annexOf(configuration).trust(uuid) !== 'dead' && !configuration.clusters.has(uuid);
}

function getsOf({ items, first, world, scope }: Asked): Pick<RepairRound, 'gets' | 'full'> {
  const gets: Uuid[] = [];
  const full = new Set<Uuid>();
  const now = worldAfter(world, first, gets);
  const fits = (uuid: Uuid): boolean => fitsBelowMaxsize(uuid, first, now);
  for (const [cluster, nodes] of scope.clusters) {
    const roomy = nodes.every(({ uuid }) => fits(uuid))
      ? nodes
      : nodes.filter(({ uuid }) => fits(uuid));
    for (const item of items) {
      if (roomy.length < nodes.length) {
        const { nodes: chosen } = storedOf(fanout(cluster, item, now, { nodes }));
        for (const uuid of chosen) if (!fits(uuid)) full.add(uuid);
      }
      gets.push(...storedOf(fanout(cluster, item, now, { nodes: roomy })).nodes);
    }
  }
  for (const repository of scope.repositories ?? []) {
    if (now.locations(first).includes(repository) || !isLive(repository, world.configuration))
      continue;
    if (!items.some((item) => wanted(repository, item, now))) continue;
    if (fits(repository)) gets.push(repository);
    else full.add(repository);
  }
  return { gets, full: [...full] };
}

/** What nobody wants is stored everywhere by an upload, and nowhere by repair. */
function storedOf(placed: ReturnType<typeof fanout>): { readonly nodes: readonly Uuid[] } {
  return placed.kind === 'store' ? placed : { nodes: [] };
}

/** Whether a repository that gets a content stays within its maxsize, as far as its size is known. */
export function fitsBelowMaxsize(repository: Uuid, { key }: Item, world: World): boolean {
  const { maxsizeBytes } = annexOf(world.configuration).settings(repository);
  if (maxsizeBytes === undefined) return true;
  return (world.sizeBytes(repository) ?? 0n) + (key.sizeBytes ?? 0n) <= maxsizeBytes;
}

function dropsOf(asked: Asked, gets: readonly Uuid[]): Pick<RepairRound, 'drops' | 'kept'> {
  const { items, first, world, scope } = asked;
  const drops: Uuid[] = [];
  const kept: KeptCopy[] = [];
  const now = worldAfter(world, first, gets, drops);
  for (const uuid of holdersOf(asked)) {
    // Who has no expression keeps all that it has, in a cluster or not.
    if (items.some((item) => wouldWantIfAbsent(uuid, item, now, true))) continue;
    const others = now.locations(first).filter((other) => other !== uuid);
    const proved = (proof: keyof CopyProofs): readonly Uuid[] =>
      others.filter(
        (other) => (scope.proof === undefined ? 'locked' : scope.proof(other)) === proof,
      );
    const permission = mayDrop(uuid, first, now, {
      locked: proved('locked'),
      verified: proved('verified'),
      // Required content is asked for as well: a wanted expression that git-annex does not use hides it.
      otherFiles: items.slice(1).flatMap(({ file }) => file ?? []),
    });
    if (permission.kind === 'granted') drops.push(uuid);
    else kept.push({ repository: uuid, refusals: permission.refusals });
  }
  return { drops, kept };
}

/** Who has the content and is asked whether to keep it, in the order in which copies go. */
function holdersOf({ first, world, scope }: Asked): readonly Uuid[] {
  const costs = costsIn(scope, world.configuration);
  const holders = world.locations(first).filter((uuid) => costs.has(uuid));
  if (holders.length < 2) return holders;
  return holders.sort(
    (one, other) =>
      (costs.get(other) ?? 0) - (costs.get(one) ?? 0) ||
      roomLeft(one, world) - roomLeft(other, world) ||
      compareBytes(other, one),
  );
}

const costsOfScopes = new WeakMap<RepairScope, WeakMap<Configuration, Map<Uuid, number>>>();

/** What the copies that may be asked to go cost; worked out once, since it is the same for each content. */
function costsIn(scope: RepairScope, configuration: Configuration): ReadonlyMap<Uuid, number> {
  let known = costsOfScopes.get(scope);
  if (known === undefined) costsOfScopes.set(scope, (known = new WeakMap()));
  let costs = known.get(configuration);
  if (costs !== undefined) return costs;
  known.set(configuration, (costs = new Map()));
  for (const uuid of scope.repositories ?? []) costs.set(uuid, 0);
  for (const [cluster, nodes] of scope.clusters) {
    const members = configuration.clusters.get(cluster) ?? [];
    for (const { uuid, cost } of nodes) if (members.includes(uuid)) costs.set(uuid, cost);
  }
  for (const uuid of costs.keys()) if (!isLive(uuid, configuration)) costs.delete(uuid);
  return costs;
}

/** The share of its maxsize that a repository has left; 1 without one. */
function roomLeft(repository: Uuid, world: World): number {
  const { maxsizeBytes } = annexOf(world.configuration).settings(repository);
  if (maxsizeBytes === undefined) return 1;
  if (maxsizeBytes <= 0n) return 0;
  return 1 - Number(world.sizeBytes(repository) ?? 0n) / Number(maxsizeBytes);
}
