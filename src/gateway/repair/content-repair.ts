import { NodeUnavailableError, type StorageNode } from '../../nodes/index.ts';
import {
  repairRound,
  type CopyProofs,
  type RepairedContent,
  type RepairRound,
  type World,
} from '../../placement/index.ts';
import { isErrorCode, type Uuid } from '../../units/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import { watchedContent } from '../nodes/watch/watched-stream.ts';
import type { Allocator, RepairTerms } from '../placing/allocator.ts';
import type { ServedStores } from '../stores/served-stores.ts';
import type { ConfiguredCluster } from '../stores/served-cluster.ts';
import type { Pace } from './pace.ts';
import { NotedBody } from './noted-body.ts';
import { proofBy, ProvedCopies } from './proved-copies.ts';

/** A content to repair, and what was read of it besides where it is. */
export interface ContentFacts extends RepairedContent {
  readonly world: World;
}

/** What repair has done about one content. */
export interface RepairedBy {
  /** Copies that were made, and that were dropped. */
  readonly gets: number;
  readonly drops: number;
  /**
   * `done`: it is as the expressions say, as far as that is allowed. `left`: something of it could not be done now.
   * `cycle`: it was about to go round in a circle, and was left.
   */
  readonly end: 'done' | 'left' | 'cycle';
  /** What is left to do. */
  readonly last: RepairRound;
  /** Who was logged to have it, before and after, as one text. */
  readonly before: string;
  readonly after: string;
}

/** What repairing needs of the gateway. */
export interface RepairDealings {
  readonly work: NodeWork;
  readonly allocator: Allocator;
  readonly stores: Pick<ServedStores, 'cluster' | 'ownNode'>;
}

/** How it is done. */
export interface RepairManner extends RepairTerms {
  /** What all that is copied is paced by. */
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/**
 * Brings one content of a cluster to where the expressions want it, a round of placement's `repairRound` after the
 * other, each on what is so by then.
 *
 * A copy is made as an upload to the cluster is, of which the body is another node's content: in the same turns and
 * locks, with the same reservation, hashed on its way, so that what is rotten is not passed on. It is dropped when
 * `repairRound` says so again with the other copies locked or seen just now, and these are kept until it is gone. Killed
 * at any point nothing is lost that an upload or a removal would not lose.
 */
export class ContentRepair {
  readonly #cluster: ConfiguredCluster;
  readonly #dealings: RepairDealings;
  readonly #manner: RepairManner;
  readonly #nodes: ReadonlyMap<Uuid, StorageNode>;
  /** Copies that turned out not to be what their key says, `UUID KEY` each: no drop rests on them. */
  readonly #wrong = new Set<string>();

  constructor(cluster: ConfiguredCluster, dealings: RepairDealings, manner: RepairManner) {
    const repair = { rebalance: manner.rebalance };
    this.#cluster = { ...cluster, repair, refusesUnwanted: true };
    this.#dealings = dealings;
    this.#manner = manner;
    // A repository that is a remote twice is one node, by its cheaper remote.
    this.#nodes = new Map(cluster.nodes.toReversed().map((node) => [node.uuid, node]));
  }

  /**
   * Repairs a content as far as that can be done now.
   * @throws the signal's reason when it is told to stop; what reading the branch throws; PLACEMENT_BUSY.
   */
  async repair(content: ContentFacts): Promise<RepairedBy> {
    let [gets, drops] = [0, 0];
    const seen = new Set<string>();
    for (;;) {
      this.#manner.signal.throwIfAborted();
      const world = await this.#now(content);
      const last = this.#round(content, world, (uuid) => this.#proofAtHand(uuid));
      const after = stateOf(content, world);
      const [before = after] = seen;
      const so = { gets, drops, last, before, after };
      if (last.gets.length + last.drops.length === 0) return { ...so, end: 'done' };
      if (seen.has(after)) return { ...so, end: isMoved(so) ? 'cycle' : 'left' };
      seen.add(after);
      const made = last.gets.length > 0 ? await this.#get(content, last, world) : 0;
      // Somebody has lost it: what is wanted, and what for, may be else now.
      if (made === 'anew') continue;
      gets += made;
      // Drops rest on the copies that were to be made.
      const hasGot = made > 0 || last.gets.length === 0;
      const dropped = hasGot && last.drops.length > 0 ? await this.#drop(content, last.drops) : 0;
      drops += dropped;
    }
  }

  #now(content: ContentFacts): Promise<World> {
    return this.#dealings.allocator.worldOf(content.key, content.world, this.#manner);
  }

  #round(
    content: RepairedContent,
    world: World,
    proof: (repository: Uuid) => keyof CopyProofs | undefined,
  ): RepairRound {
    const { uuid, nodes } = this.#cluster;
    const usable = nodes.filter(({ readOnly }) => readOnly === undefined);
    return repairRound(content, world, {
      clusters: new Map([[uuid, usable]]),
      proof,
      canGive: (repository) => this.#isAtHand(repository),
    });
  }

  /** Whether a repository is asked here at all: a node of the cluster, or the gateway itself. */
  #isAtHand(repository: Uuid): boolean {
    return this.#nodes.has(repository) || repository === this.#dealings.stores.ownNode().uuid;
  }

  /** What could be proved, as long as nobody is asked. */
  #proofAtHand(repository: Uuid): keyof CopyProofs | undefined {
    return this.#isAtHand(repository) ? proofBy(this.#nodes.get(repository)) : undefined;
  }

  /** Makes the copies of a round; how many were made, or `anew` when somebody turned out to have it no more. */
  async #get(content: ContentFacts, round: RepairRound, world: World): Promise<number | 'anew'> {
    const { work } = this.#dealings;
    const reachable = round.gets.filter((uuid) => {
      const node = this.#nodes.get(uuid);
      return node !== undefined && work.watch.suspected(node, 'change') === undefined;
    });
    if (reachable.length === 0) return 0;
    const before = new Set(world.locations(itemOf(content)));
    for (const source of this.#sourcesOf(before)) {
      const copied = await this.#copyFrom(source, content, world);
      if (copied === 'anew') return 'anew';
      const made = copied.holders.filter((uuid) => !before.has(uuid));
      if (made.length > 0 || copied.isGood) return made.length;
    }
    return 0;
  }

  /** Who may give a content: nodes of the cluster, cheapest first, and the gateway itself. */
  #sourcesOf(logged: ReadonlySet<Uuid>): readonly StorageNode[] {
    const own = this.#dealings.stores.ownNode();
    const nodes = this.#dealings.work.watch.promptFirst(
      this.#cluster.nodes.filter(({ uuid }) => logged.has(uuid)),
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
  ): Promise<{ readonly holders: readonly Uuid[]; readonly isGood: boolean } | 'anew'> {
    const { work, stores } = this.#dealings;
    const { signal, pace } = this.#manner;
    const holders = new Set<Uuid>();
    const files = content.files.length === 0 ? [undefined] : content.files;
    for (const associatedFile of files) {
      const one = { ...content, files: associatedFile === undefined ? [] : [associatedFile] };
      const { gets } = this.#round(one, world, (uuid) => this.#proofAtHand(uuid));
      const left = gets.filter((uuid) => !holders.has(uuid));
      if (left.length === 0) continue;
      let body: NotedBody | undefined;
      try {
        const fromByte = await this.#offsetOn(left, content);
        const found = await work.ask(source, () => source.get(content.key, fromByte), {
          late: async (late) => await late?.stream.close(),
        });
        if (found === undefined) {
          await this.#noteAbsent(source, content);
          return 'anew';
        }
        const { sizeBytes, stream } = watchedContent(source, found, work);
        try {
          let isWrong = false;
          body = new NotedBody(pace.of(stream, signal));
          const lengthBytes = sizeBytes - fromByte;
          const { alsoIn } = await stores.cluster(this.#cluster).put({
            key: content.key,
            associatedFile,
            offsetBytes: fromByte,
            lengthBytes,
            body,
            signal,
            judged: (outcome) => {
              isWrong = outcome === 'wrong';
            },
          });
          for (const uuid of alsoIn) holders.add(uuid);
          if (isWrong) {
            work.tell(source, 'gave a copy that nobody could store of', content.key, undefined);
            if (fromByte === 0) this.#wrong.add(`${source.uuid} ${content.keyText}`);
            return { holders: [...holders], isGood: false };
          }
        } finally {
          await stream.close();
        }
      } catch (error) {
        signal.throwIfAborted();
        // What nobody wants any more by now needs no copy.
        if (isErrorCode(error, 'UNWANTED')) continue;
        if (isErrorCode(error, 'PLACEMENT_BUSY')) throw error;
        work.tell(source, 'did not give a copy of', content.key, error);
        // Nothing was read yet where the nodes are at fault.
        const isGood = error instanceof NodeUnavailableError && body?.isBegun === false;
        return { holders: [...holders], isGood };
      }
    }
    return { holders: [...holders], isGood: true };
  }

  /** The least of what the nodes keep of an interrupted upload of it. */
  async #offsetOn(uuids: readonly Uuid[], { key }: ContentFacts): Promise<number> {
    const { work } = this.#dealings;
    const offsets = await Promise.all(
      uuids.map(async (uuid) => {
        const node = this.#nodes.get(uuid);
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

  /** A source that does not have it after all is logged so, in its turn. */
  async #noteAbsent(node: StorageNode, { key }: ContentFacts): Promise<void> {
    const { work } = this.#dealings;
    await work.ask(node, () =>
      work.inTurn(node, key, async () => {
        if (!(await node.has(key))) await work.note(node, { key, isPresent: false });
      }),
    );
    work.tell(node, 'has lost', key, undefined);
  }

  /** Drops copies, each with the others proved; how many are gone. */
  async #drop(content: ContentFacts, uuids: readonly Uuid[]): Promise<number> {
    let dropped = 0;
    for (const uuid of uuids) {
      this.#manner.signal.throwIfAborted();
      const node = this.#nodes.get(uuid);
      if (node !== undefined && (await this.#dropOn(node, content))) dropped += 1;
    }
    return dropped;
  }

  async #dropOn(node: StorageNode, content: ContentFacts): Promise<boolean> {
    const { work, stores } = this.#dealings;
    const { key } = content;
    if (work.watch.suspected(node, 'change') !== undefined) return false;
    const logged = new Set((await this.#now(content)).locations(itemOf(content)));
    const isWrong = (uuid: Uuid): boolean => this.#wrong.has(`${uuid} ${content.keyText}`);
    const others = [...this.#nodes.values(), stores.ownNode()].filter(
      ({ uuid }) => uuid !== node.uuid && logged.has(uuid) && !isWrong(uuid),
    );
    const copies = await ProvedCopies.of(key, others, work);
    try {
      for (const without of copies.without) await this.#noteAbsent(without, content);
      // Whatever changed until the locks were there has its say.
      const world = await this.#now(content);
      // A repository that is trusted counts without a proof, but not for what it is known to have wrong.
      const good = world.locations(itemOf(content)).filter((uuid) => !isWrong(uuid));
      const locations = isWrong(node.uuid) ? [...good, node.uuid] : good;
      const judged = { ...world, locations: () => locations };
      const round = this.#round(content, judged, (uuid) => copies.proofOf(uuid));
      const isNeeded = round.gets.length > 0 || !round.drops.includes(node.uuid);
      const removal = isNeeded
        ? 'needed'
        : await work.remove(node, key, {
            signal: AbortSignal.any([this.#manner.signal, copies.broken]),
          });
      if (removal === 'removed' || removal === 'absent') return true;
      if (!isNeeded) work.tell(node, `did not drop, as the copy is ${removal},`, key, undefined);
      return false;
    } catch (error) {
      this.#manner.signal.throwIfAborted();
      work.tell(node, 'did not drop', key, error);
      return false;
    } finally {
      await copies.release();
    }
  }
}

function isMoved({ gets, drops }: Pick<RepairedBy, 'gets' | 'drops'>): boolean {
  return gets + drops > 0;
}

function itemOf({ key, keyText, files }: RepairedContent): Parameters<World['locations']>[0] {
  return { key, keyText, file: files[0] };
}

function stateOf(content: RepairedContent, world: World): string {
  return world.locations(itemOf(content)).toSorted().join(' ');
}
