/**
 * Where an upload to a cluster is stored, in the smallest terms: node by node, each wanting the key as one
 * that would get it (models/preferred-content.ts), in a world where the earlier ones have it.
 */
import type { Item, UsableNode, World } from '../src/placement/index.ts';
import type { Uuid } from '../src/units/index.ts';
import { modelMatch } from './preferred-content.ts';

export interface ModelUpload {
  readonly cluster: Uuid;
  readonly item: Item;
  readonly world: World;
  readonly nodes: readonly UsableNode[];
}

/** The nodes that store it, in the order of their turns; none when no node wants it. */
export function modelStore({ cluster, item, world, nodes }: ModelUpload): readonly Uuid[] {
  const { configuration } = world;
  const settings = (uuid: Uuid) => configuration.repositories.get(uuid);
  const free = (uuid: Uuid): number => {
    const maxsizeBytes = settings(uuid)?.maxsizeBytes;
    if (maxsizeBytes === undefined) return 1;
    const sizeBytes = world.sizeBytes(uuid) ?? 0n;
    return maxsizeBytes === 0n ? 0 : Number(maxsizeBytes - sizeBytes) / Number(maxsizeBytes);
  };
  const turns = nodes
    .filter(({ uuid }) => configuration.clusters.get(cluster)?.includes(uuid) === true)
    .filter(({ uuid }) => settings(uuid)?.trust !== 'dead')
    .filter(({ uuid }) => !world.locations(item).includes(uuid))
    .toSorted(
      (left, right) =>
        left.cost - right.cost ||
        free(right.uuid) - free(left.uuid) ||
        (left.uuid < right.uuid ? -1 : 1),
    );
  let [stored, now]: [readonly Uuid[], World] = [[], world];
  for (const { uuid } of turns) {
    if (modelMatch({ repository: uuid, item, world: now, isGone: false }) === false) continue;
    [stored, now] = [[...stored, uuid], afterGet(uuid, item, now)];
  }
  return stored;
}

/** The world once a repository has got a key. */
export function afterGet(repository: Uuid, item: Item, world: World): World {
  const own = (world.sizeBytes(repository) ?? 0n) + (item.key.sizeBytes ?? 0n);
  return {
    ...world,
    locations: () => [...world.locations(item), repository],
    sizeBytes: (uuid) => (uuid === repository ? own : world.sizeBytes(uuid)),
  };
}
