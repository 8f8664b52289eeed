import type { Uuid } from '../../units/index.ts';
import type { Item, World } from './world.ts';

const noMetadata: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * The world once some more repositories have got a content and others have dropped it: those are locations of it, these
 * none, and their sizes say so. All else is as it was. A view as the world is: who is pushed to `getting` later has it
 * then, who is pushed to `dropping` has it no more.
 * @param getting repositories that did not have it, each once.
 * @param dropping repositories that had it or are getting it, each once. Default: none.
 */
export function worldAfter(
  world: World,
  got: Item,
  getting: readonly Uuid[],
  dropping: readonly Uuid[] = [],
): World {
  const contentBytes = got.key.sizeBytes ?? 0n;
  return {
    configuration: world.configuration,
    locations: (item) => {
      const locations = world.locations(item);
      if (item.keyText !== got.keyText) return locations;
      const all = [...locations, ...getting];
      return dropping.length === 0 ? all : all.filter((uuid) => !dropping.includes(uuid));
    },
    sizeBytes: (repository) => {
      const before = world.sizeBytes(repository);
      const isGetting = getting.includes(repository);
      // A size that was not known is known by the first content that is there.
      const after = isGetting ? (before ?? 0n) + contentBytes : before;
      if (after === undefined || !dropping.includes(repository)) return after;
      return after < contentBytes ? 0n : after - contentBytes;
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
