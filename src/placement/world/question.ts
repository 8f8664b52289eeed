import type { Uuid } from '../../units/index.ts';
import type { Annex } from './annex.ts';
import type { Item, World } from './world.ts';

/**
 * Where a content is, as expressions see it: worked out once for a key, whoever is asked about
 * (spec/expressions.md sections 6 and 11).
 */
export interface Presence {
  /** As logged, dead repositories included. */
  readonly logged: readonly Uuid[];
  /** The logged ones that are not dead. */
  readonly live: readonly Uuid[];
  /** The clusters with a live node among them. */
  readonly clusters: readonly Uuid[];
}

/** One question: does the expression of this repository match this item? */
export interface Question {
  readonly repository: Uuid;
  readonly item: Item;
  readonly world: World;
  readonly presence: Presence;
  /**
   * The repository is taken not to have the content (a drop check: gone = {U}, spec/expressions.md
   * section 8).
   */
  readonly isGone: boolean;
  /**
   * Set when a glob was reached that cannot be compiled: no answer is right then
   * (spec/expressions.md section 6.4).
   */
  isUndecidable: boolean;
}

/** Whether an operand of an expression matches. */
export type Operand = (question: Question) => boolean;

const noClusters: readonly Uuid[] = [];

/** What is known of the places of a content, from the logged locations. */
export function presenceOf(annex: Annex, logged: readonly Uuid[]): Presence {
  const live = annex.hasDead ? logged.filter((uuid) => annex.trust(uuid) !== 'dead') : logged;
  const clusters = annex.hasClusters ? clustersWith(annex, live) : noClusters;
  return { logged, live, clusters };
}

function clustersWith(annex: Annex, live: readonly Uuid[]): readonly Uuid[] {
  const clusters: Uuid[] = [];
  for (const node of live) {
    for (const cluster of annex.clustersOf(node)) {
      if (!clusters.includes(cluster)) clusters.push(cluster);
    }
  }
  return clusters;
}

/**
 * Whether the repository, or one node of the cluster, has the content; a dead one never has. Gone is
 * ignored (spec/expressions.md section 6.11).
 */
export function isPresent({ repository, presence, world }: Question): boolean {
  if (world.isImagined?.(repository) === true) return false;
  return presence.live.includes(repository) || presence.clusters.includes(repository);
}

/** Whether a repository is not the one that is taken not to have the content. */
export function isLeft({ isGone, repository }: Question, uuid: Uuid): boolean {
  return !isGone || uuid !== repository;
}

/**
 * Whether the location log and the clusters name a repository, dead or not (spec/expressions.md
 * section 12.3).
 */
export function isLogged(presence: Presence, repository: Uuid): boolean {
  return presence.logged.includes(repository) || presence.clusters.includes(repository);
}
