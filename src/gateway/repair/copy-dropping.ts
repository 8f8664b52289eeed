import type { StorageNode } from '../../nodes/index.ts';
import type { Uuid } from '../../units/index.ts';
import { ProvedCopies } from './proved-copies.ts';
import { itemOf, type ContentFacts, type RepairedCluster } from './repaired-cluster.ts';

/**
 * Drops copies on the nodes of a cluster: each when placement's `repairRound` says so again with the other copies locked
 * or seen just now, and these are kept until it is gone.
 */
export class CopyDropping {
  readonly #of: RepairedCluster;

  constructor(of: RepairedCluster) {
    this.#of = of;
  }

  /**
   * Drops copies, each with the others proved; how many are gone.
   * @throws the signal's reason; what reading the branch throws.
   */
  async drop(content: ContentFacts, uuids: readonly Uuid[], signal: AbortSignal): Promise<number> {
    let dropped = 0;
    for (const uuid of uuids) {
      signal.throwIfAborted();
      const node = this.#of.nodes.get(uuid);
      if (node !== undefined && (await this.#dropOn(node, content, signal))) dropped += 1;
    }
    return dropped;
  }

  async #dropOn(node: StorageNode, content: ContentFacts, signal: AbortSignal): Promise<boolean> {
    const { work, stores } = this.#of.dealings;
    const { key } = content;
    if (work.watch.suspected(node, 'change') !== undefined) return false;
    const logged = new Set((await this.#of.now(content)).locations(itemOf(content)));
    const isWrong = (uuid: Uuid): boolean => this.#of.isWrong(uuid, content);
    const others = [...this.#of.nodes.values(), stores.ownNode()].filter(
      ({ uuid }) => uuid !== node.uuid && logged.has(uuid) && !isWrong(uuid),
    );
    const copies = await ProvedCopies.of(key, others, work);
    try {
      for (const without of copies.without) await this.#of.noteAbsent(without, content);
      // Whatever changed until the locks were there has its say.
      const world = await this.#of.now(content);
      // A repository that is trusted counts without a proof, but not for what it is known to have wrong.
      const good = world.locations(itemOf(content)).filter((uuid) => !isWrong(uuid));
      const locations = isWrong(node.uuid) ? [...good, node.uuid] : good;
      const judged = { ...world, locations: () => locations };
      const round = this.#of.round(content, judged, (uuid) => copies.proofOf(uuid));
      const isNeeded = round.gets.length > 0 || !round.drops.includes(node.uuid);
      const removal = isNeeded
        ? 'needed'
        : await work.remove(node, key, { signal: AbortSignal.any([signal, copies.broken]) });
      if (removal === 'removed' || removal === 'absent') return true;
      if (!isNeeded) work.tell(node, `did not drop, as the copy is ${removal},`, key, undefined);
      return false;
    } catch (error) {
      signal.throwIfAborted();
      work.tell(node, 'did not drop', key, error);
      return false;
    } finally {
      await copies.release();
    }
  }
}
