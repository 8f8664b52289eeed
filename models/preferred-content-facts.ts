/** What the world and the configuration of a question say of repositories, looked up anew for every term. */
import type { Item, RepositorySettings, World } from '../src/placement/index.ts';

/** What is asked: about repository U, with U taken not to have the content when `isGone`. */
export interface ModelQuestion {
  readonly repository: string;
  readonly item: Item;
  readonly world: World;
  readonly isGone: boolean;
}

/** The day of the git-annex that is asked, as a number such as 20261026. */
export function dayOf({ world }: ModelQuestion): number {
  return Number(/\d{8}$/.exec(world.configuration.dialect?.version ?? '10.20261026')?.[0]);
}

/** How far a repository is trusted; semitrusted when nothing is said of it. */
export function trustOf(uuid: string, question: ModelQuestion): string {
  return repositoriesOf(question).get(uuid)?.trust ?? 'semitrusted';
}

/** Whether a repository is of a group, or of a trust level, or of that or more for a `+`. */
export function isCounted(who: string, uuid: string, question: ModelQuestion): boolean {
  const levels = ['dead', 'untrusted', 'semitrusted', 'trusted'];
  const level = levels.indexOf(who.replace(/\+$/, ''));
  if (level < 0) return membersOf(who, question).includes(uuid);
  const own = levels.indexOf(trustOf(uuid, question));
  return who.endsWith('+') ? own >= level : own === level;
}

/**
 * Locations as terms see them: no dead repository; clusters with a live node (spec/expressions.md
 * section 11).
 */
export function locationsOf(question: ModelQuestion): readonly string[] {
  const isDead = (uuid: string): boolean => repositoriesOf(question).get(uuid)?.trust === 'dead';
  const live: readonly string[] = loggedOf(question).filter((uuid) => !isDead(uuid));
  const clusters = [...question.world.configuration.clusters]
    .filter(([, nodes]) => nodes.some((node) => live.includes(node)))
    .map(([cluster]) => cluster);
  return [...live, ...clusters].filter((uuid) => !isDead(uuid));
}

/** Whether the location log has the content there, a cluster by its nodes. */
export function isLogged(uuid: string, question: ModelQuestion): boolean {
  return loggedOf(question).includes(uuid) || locationsOf(question).includes(uuid);
}

function loggedOf({ world, item }: ModelQuestion): readonly string[] {
  return world.locations(item);
}

/** The repositories of a group, in the order of their UUIDs. */
export function membersOf(group: string, question: ModelQuestion): readonly string[] {
  return [...repositoriesOf(question)]
    .filter(([, { groups }]) => groups.includes(group))
    .map(([uuid]) => uuid)
    .toSorted();
}

/** The most bytes that a repository shall have. */
export function maxsizeOf(uuid: string, question: ModelQuestion): bigint | undefined {
  return repositoriesOf(question).get(uuid)?.maxsizeBytes;
}

/** The bytes that a repository has, when it is known. */
export function sizeOf(uuid: string, { world }: ModelQuestion): bigint | undefined {
  for (const known of world.configuration.repositories.keys()) {
    if (known === uuid) return world.sizeBytes(known);
  }
  return undefined;
}

/** What is configured for each repository. */
export function repositoriesOf({ world }: ModelQuestion): ReadonlyMap<string, RepositorySettings> {
  return world.configuration.repositories;
}
