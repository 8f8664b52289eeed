import type { RepairedContent, RepairMove, RepairRound, World } from '../../placement/index.ts';
import { withOwnSignal } from '../../waiting/index.ts';
import type { ConfiguredCluster } from '../stores/served-cluster.ts';
import { CopyDropping } from './copy-dropping.ts';
import { CopyMaking } from './copy-making.ts';
import {
  itemOf,
  RepairedCluster,
  type ContentFacts,
  type RepairDealings,
  type RepairManner,
} from './repaired-cluster.ts';

/** What repair has done about one content. */
export interface RepairedBy {
  /** Copies that were made, and that were dropped. */
  readonly gets: number;
  readonly drops: number;
  /**
   * `done`: it is as the expressions say, as far as that is allowed. `left`: something of it could not be done now.
   * `cycle`: it would go round in a circle, and was left.
   */
  readonly end: 'done' | 'left' | 'cycle';
  /** The moves that would come again and again. */
  readonly circle: readonly RepairMove[];
  /** What is left to do. */
  readonly last: RepairRound;
  /** Who was logged to have it, before and after, as one text. */
  readonly before: string;
  readonly after: string;
}

/**
 * Brings one content of a cluster to where the expressions want it, a round of placement's `repairRound` after the
 * other, each on what is so by then; not one that would never come to rest. Killed at any point nothing is lost that an
 * upload or a removal would not lose.
 */
export class ContentRepair {
  readonly #cluster: RepairedCluster;
  readonly #making: CopyMaking;
  readonly #dropping: CopyDropping;

  constructor(cluster: ConfiguredCluster, dealings: RepairDealings, manner: RepairManner) {
    this.#cluster = new RepairedCluster(cluster, dealings, manner);
    this.#making = new CopyMaking(this.#cluster);
    this.#dropping = new CopyDropping(this.#cluster);
  }

  /**
   * Repairs a content as far as that can be done now.
   * @throws the signal's reason when it is told to stop; what reading the branch throws; PLACEMENT_BUSY.
   */
  repair(content: ContentFacts): Promise<RepairedBy> {
    return withOwnSignal(this.#cluster.manner.signal, (own) => this.#repair(content, own));
  }

  async #repair(content: ContentFacts, signal: AbortSignal): Promise<RepairedBy> {
    let [gets, drops] = [0, 0];
    const seen = new Set<string>();
    for (;;) {
      signal.throwIfAborted();
      const world = await this.#cluster.now(content);
      const last = this.#cluster.round(content, world);
      const after = stateOf(content, world);
      const [before = after] = seen;
      const so = { gets, drops, last, before, after, circle: [] };
      if (last.gets.length + last.drops.length === 0) return { ...so, end: 'done' };
      // The rounds would have led on from there: it is a node that did not do its part.
      if (seen.has(after)) return { ...so, end: 'left' };
      const settled = this.#cluster.settled(content, world);
      if (settled.kind === 'cycle') {
        return { ...so, circle: settled.moves.slice(-settled.period), end: 'cycle' };
      }
      seen.add(after);
      const hasGets = last.gets.length > 0;
      const made = hasGets ? await this.#making.make(content, last, world, signal) : 0;
      // Somebody has lost it: what is wanted, and what for, may be else now.
      if (made === 'anew') continue;
      gets += made;
      // Drops rest on the copies that were to be made.
      if (made > 0 || !hasGets) drops += await this.#dropping.drop(content, last.drops, signal);
    }
  }
}

function stateOf(content: RepairedContent, world: World): string {
  return world.locations(itemOf(content)).toSorted().join(' ');
}
