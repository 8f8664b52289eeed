import type { Uuid } from '../../units/index.ts';
import type { Item, World } from './world.ts';

const noMetadata: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * The world once some more repositories have got a content: they are locations of it, and their sizes
 * include it. All else is as it was. A view as the world is: who is pushed to `getting` later has it then.
 * @param getting repositories that did not have it, each once.
 */
export function worldAfter(world: World, got: Item, getting: readonly Uuid[]): World {
  const sizeBytes = got.key.sizeBytes ?? 0n;
  return {
    configuration: world.configuration,
    locations: (item) => {
      const locations = world.locations(item);
      return item.keyText === got.keyText ? [...locations, ...getting] : locations;
    },
    sizeBytes: (repository) => {
      const before = world.sizeBytes(repository);
      // A size that was not known is known by the first content that is there.
      return getting.includes(repository) ? (before ?? 0n) + sizeBytes : before;
    },
    metadata: (item) => world.metadata?.(item) ?? noMetadata,
    urls: (item) => world.urls?.(item) ?? [],
    attributeNumcopies: (item) => world.attributeNumcopies?.(item),
    attributeMincopies: (item) => world.attributeMincopies?.(item),
    equivalentKeys: (item) => world.equivalentKeys?.(item) ?? [],
    isUnused: (item) => world.isUnused?.(item) ?? false,
    isImagined: (repository) => world.isImagined?.(repository) ?? false,
  };
}
