import { NodeUnavailableError, type StorageNode } from '../../nodes/index.ts';
import type { RepairRound, World } from '../../placement/index.ts';
import { isErrorCode, type Uuid } from '../../units/index.ts';
import { watchedContent } from '../nodes/watch/watched-stream.ts';
import { NotedBody } from './noted-body.ts';
import { itemOf, type ContentFacts, type RepairedCluster } from './repaired-cluster.ts';

/** A content that is copied, for one of its files. */
interface CopiedContent {
  readonly content: ContentFacts;
  readonly associatedFile: string | undefined;
  readonly signal: AbortSignal;
}

/** What came of copying what a source has. */
interface Copied {
  readonly holders: readonly Uuid[];
  /**
   * `over`: another source could do no better now. `failed`: another one may. `wrong`: what came, with what nodes had kept
   * of it, is not what the key says. `absent`: the source does not have it.
   */
  readonly end: 'over' | 'failed' | 'wrong' | 'absent';
}

/**
 * Makes copies on the nodes of a cluster, as an upload to the cluster does, of which the body is another node's content:
 * in the same turns and locks, with the same reservation, hashed on its way, so that what is rotten is not passed on.
 */
export class CopyMaking {
  readonly #of: RepairedCluster;

  constructor(of: RepairedCluster) {
    this.#of = of;
  }

  /**
   * Makes the copies of a round; how many were made, or `anew` when somebody turned out to have it no more.
   * @throws the signal's reason; PLACEMENT_BUSY.
   */
  async make(
    content: ContentFacts,
    round: RepairRound,
    world: World,
    signal: AbortSignal,
  ): Promise<number | 'anew'> {
    const { work } = this.#of.dealings;
    const reachable = round.gets.filter((uuid) => {
      const node = this.#of.nodes.get(uuid);
      return node !== undefined && work.watch.suspected(node, 'change') === undefined;
    });
    if (reachable.length === 0) return 0;
    const before = new Set(world.locations(itemOf(content)));
    for (const source of this.#sourcesOf(before)) {
      const copied = await this.#copyFrom(source, content, world, signal);
      if (copied === 'anew') return 'anew';
      const made = copied.holders.filter((uuid) => !before.has(uuid));
      if (made.length > 0 || copied.isOver) return made.length;
    }
    return 0;
  }

  /** Who may give a content: nodes of the cluster, cheapest first, and the gateway itself. */
  #sourcesOf(logged: ReadonlySet<Uuid>): readonly StorageNode[] {
    const { dealings, cluster } = this.#of;
    const own = dealings.stores.ownNode();
    const nodes = dealings.work.watch.promptFirst(
      cluster.nodes.filter(({ uuid }) => logged.has(uuid)),
    );
    return logged.has(own.uuid) ? [...nodes, own] : nodes;
  }

  /**
   * Copies a content to the nodes that it is placed on; who has it then, and whether another source could do no better;
   * `anew` where it is not there.
   */
  async #copyFrom(
    source: StorageNode,
    content: ContentFacts,
    world: World,
    signal: AbortSignal,
  ): Promise<{ readonly holders: readonly Uuid[]; readonly isOver: boolean } | 'anew'> {
    const holders = new Set<Uuid>();
    const files = content.files.length === 0 ? [undefined] : content.files;
    for (const associatedFile of files) {
      const one = { ...content, files: associatedFile === undefined ? [] : [associatedFile] };
      const { gets } = this.#of.round(one, world);
      const left = gets.filter((uuid) => !holders.has(uuid));
      if (left.length === 0) continue;
      const copied = { content, associatedFile, signal };
      const { holders: made, end } = await this.#copyWhole(source, copied, left);
      for (const uuid of made) holders.add(uuid);
      if (end === 'absent') return 'anew';
      if (end !== 'over') return { holders: [...holders], isOver: false };
    }
    return { holders: [...holders], isOver: true };
  }

  /** Goes on with what nodes have kept of it, and from its first byte where that turns out not to be of it. */
  async #copyWhole(
    source: StorageNode,
    copied: CopiedContent,
    to: readonly Uuid[],
  ): Promise<Copied> {
    const { content } = copied;
    const fromByte = await this.#offsetOn(to, content);
    let came = await this.#copy(source, copied, fromByte);
    // What was kept may have come from another one, where it is wrong.
    if (came.end === 'wrong' && fromByte > 0) came = await this.#copy(source, copied, 0);
    if (came.end === 'wrong') {
      this.#of.noteWrong(source.uuid, content);
      this.#of.dealings.work.tell(
        source,
        'gave a copy that nobody could store of',
        content.key,
        undefined,
      );
    } else if (came.end === 'absent') await this.#of.noteAbsent(source, content);
    return came;
  }

  async #copy(
    source: StorageNode,
    { content, associatedFile, signal }: CopiedContent,
    fromByte: number,
  ): Promise<Copied> {
    const { key } = content;
    const { work, stores } = this.#of.dealings;
    let body: NotedBody | undefined;
    try {
      const found = await work.ask(source, () => source.get(key, fromByte), {
        late: async (late) => await late?.stream.close(),
      });
      if (found === undefined) return { holders: [], end: 'absent' };
      const { sizeBytes, stream } = watchedContent(source, found, work);
      try {
        body = new NotedBody(this.#of.manner.pace.of(stream, signal));
        let end: Copied['end'] = 'over';
        const { alsoIn } = await stores.cluster(this.#of.cluster).put({
          key,
          associatedFile,
          offsetBytes: fromByte,
          lengthBytes: sizeBytes - fromByte,
          body,
          signal,
          judged: (outcome) => {
            // Otherwise it was no node any more that took the rest.
            const isShort = outcome === 'incomplete' && body?.isEnded === true;
            if (isShort) end = 'failed';
            else if (outcome !== 'verified' && outcome !== 'incomplete') end = 'wrong';
          },
        });
        return { holders: alsoIn, end };
      } finally {
        await stream.close();
      }
    } catch (error) {
      signal.throwIfAborted();
      // What nobody wants any more by now needs no copy.
      if (isErrorCode(error, 'UNWANTED')) return { holders: [], end: 'over' };
      if (isErrorCode(error, 'PLACEMENT_BUSY')) throw error;
      work.tell(source, 'did not give a copy of', key, error);
      // Nothing was read yet where the nodes are at fault.
      const isOver = error instanceof NodeUnavailableError && body?.isBegun === false;
      return { holders: [], end: isOver ? 'over' : 'failed' };
    }
  }

  /** The least of what the nodes keep of an interrupted upload of it. */
  async #offsetOn(uuids: readonly Uuid[], { key }: ContentFacts): Promise<number> {
    const { work } = this.#of.dealings;
    const offsets = await Promise.all(
      uuids.map(async (uuid) => {
        const node = this.#of.nodes.get(uuid);
        if (node === undefined || work.watch.suspected(node, 'change') !== undefined)
          return Infinity;
        try {
          return await work.ask(node, () => node.offsetBytes(key));
        } catch {
          return 0;
        }
      }),
    );
    const least = Math.min(...offsets);
    return Number.isFinite(least) ? least : 0;
  }
}
