import { serializeKey, type Key } from '../../key/index.ts';
import type { ContentLock, RemoveOptions, StorageNode } from '../../nodes/index.ts';
import type { Turns } from '../../waiting/index.ts';
import type { Uuid } from '../../units/index.ts';
import { Beyond } from '../topology/beyond.ts';
import type { BeyondMember } from '../topology/beyond-members.ts';
import { askAll } from '../placing/ask-all.ts';
import { isAnyAway, Placing, uuidsOf } from '../placing/placing.ts';
import { inTurns } from '../uploads/in-turns.ts';
import { type ClientBody } from '../uploads/client-body.ts';
import { Shortfall, type MissingCopies } from '../missing/index.ts';
import { directNodes, type DirectNodes } from './direct-nodes.ts';
import { firstOf, type AskedCluster } from './first-of.ts';
import { watchedContent } from '../nodes/watch/watched-stream.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { OpenedUpload } from '../nodes/outcomes.ts';
import type { Allocator } from '../placing/allocator.ts';
import type {
  PutOffsetReply,
  RemovedReply,
  ServedContent,
  ServedStore,
  StoredReply,
} from './served-store.ts';
import type { Upload } from '../uploads/upload.ts';

/** A cluster as it is configured at one moment. */
export interface ConfiguredCluster {
  readonly uuid: Uuid;
  readonly name: string;
  /** Its usable nodes, cheapest first. */
  readonly nodes: readonly StorageNode[];
  /** Its members that are not asked here, and count for no upload. Default: none. */
  readonly beyond?: readonly BeyondMember[];
  /** Whether a key that no node wants is refused rather than stored on every node. */
  readonly refusesUnwanted: boolean;
}

/**
 * A cluster served under its own UUID (spec/cluster-and-proxy.md sections 3 to 5).
 *
 * The life of an upload, with every turn and lock in the order in which it is taken. Who waits for one
 * holds only those above it, so that nobody waits in a circle.
 *
 * 1. The turn of the key at this cluster (`uploads`): one upload of a key at a time. Whose client is
 *    slow gives it up for another (`way`) and takes it anew.
 * 2. The right to place (`PlacementClaim`, annex/ballast.lck): one process at a time, until the
 *    upload's room is given back.
 * 3. Room on the chosen nodes (`Reservations`), taken in the turn of the event loop that decided.
 *    Which nodes those are, and what is done when some fail, is `placing-step`.
 * 4. At each of them, all at once, the lock on a content being received (a repository's on its disk,
 *    a peer's over its connection), and the node's own place in `way`. A node that has it not in time
 *    has failed, and all that were taken here are given back before it is decided again.
 * 5. The body is read once. Meanwhile the notes of what is about to be stored (`intents`) are written,
 *    in a queue of their own that waits for nothing of this.
 * 6. The turn of the node and key (`NodeWork`), for each node: the content's own lock while it is put
 *    in place, then the journal lock of the node, then the journal lock of the gateway, for one line
 *    of the location log each; no two of these three are held together. The lock of 4 is given back before
 *    the first of these lines, and the node's place in `way` behind the last.
 * 7. Room and right are given back, in that order.
 * 8. Where copies are missing, 2 and 3 are taken once more for a last decision, and held until what it finds
 *    missing is written (`missing`).
 * 9. The turn is given back, and the client hears of it.
 */
export class ServedCluster implements ServedStore {
  readonly direct: DirectNodes;
  readonly #cluster: ConfiguredCluster;
  readonly #work: NodeWork;
  readonly #allocator: Allocator;
  readonly #uploads: Turns;
  readonly #placing: Placing;
  readonly #clock: () => number;
  readonly #beyond: Beyond;

  /**
   * @param by.uploads turns of uploads, shared by all that serve the gateway's clusters.
   * @param by.missing is told of copies that are missing of what is acknowledged.
   * @param by.clock the gateway's clock, whole seconds.
   */
  constructor(
    cluster: ConfiguredCluster,
    by: {
      readonly work: NodeWork;
      readonly allocator: Allocator;
      readonly uploads: Turns;
      readonly missing: Pick<MissingCopies, 'remember'>;
      readonly clock: () => number;
    },
  ) {
    this.#cluster = cluster;
    this.#work = by.work;
    this.#allocator = by.allocator;
    this.#uploads = by.uploads;
    this.#placing = new Placing(cluster, by);
    this.#clock = by.clock;
    this.direct = directNodes(this.#asked(), this.#placing);
    this.#beyond = new Beyond(cluster.beyond ?? [], (key) => by.allocator.locations(key));
  }

  async checkPresent(key: Key): Promise<boolean> {
    const held = await firstOf(
      this.#asked(),
      key,
      async (node) => (await node.has(key)) || undefined,
    );
    if (held === undefined) await this.#beyond.assertNotBeyond(key, 'presence');
    return held ?? false;
  }

  async get(key: Key, fromByte: number): Promise<ServedContent | undefined> {
    const content = await firstOf(
      this.#asked(),
      key,
      async (node) => {
        const content = await node.get(key, fromByte);
        return content && watchedContent(node, content, this.#work);
      },
      async (content) => await content?.stream.close(),
    );
    if (content === undefined) await this.#beyond.assertNotBeyond(key, 'content');
    return content;
  }

  put(upload: Upload): Promise<StoredReply> {
    return inTurns(upload, this.#work.uploads.way, (rest) => this.#putInTurn(rest));
  }

  /**
   * Stored when every node that an upload would go to has it (spec/cluster-and-proxy.md section 8,
   * data-present), of those that can be asked: what the others should have is missing.
   */
  async confirmPresent(key: Key, associatedFile: string | undefined): Promise<StoredReply> {
    const item = { key, associatedFile };
    // What turns out to be away is asked about here once, and none is chosen in its place.
    const asked = await this.#placing.place(
      item,
      { short: new Shortfall(), refusesUnwanted: false },
      async ({ placement, nodes }) => {
        placement.end();
        return { failed: new Map(), ...(await this.#heldBy(nodes, key)) };
      },
    );
    const { placement, nodes, holders, without } = asked;
    const { answered, away } = asked.trial;
    if (away.size > 0 && answered.size === 0) throw this.#placing.unavailable(away);
    const now = [...holders, ...nodes.filter((node) => answered.get(node))];
    const isStored = now.length > 0 && ![...answered.values()].includes(false);
    if (isStored) {
      const short = new Shortfall();
      short.chose(placement.nodes);
      short.failed(away);
      await this.#placing.rememberMissing(item, { short, holders: uuidsOf(now), without });
    }
    return { kind: 'stored', isStored, alsoIn: uuidsOf(now) };
  }

  async #heldBy(
    nodes: readonly StorageNode[],
    key: Key,
  ): Promise<{
    answered: ReadonlyMap<StorageNode, boolean>;
    away: ReadonlyMap<StorageNode, unknown>;
  }> {
    const { answered, failed } = await askAll(nodes, (node) => this.#work.noteHeld(node, key));
    return { answered, away: failed };
  }

  /**
   * The least of the nodes that a put would go to now, without those that cannot be asked. That they
   * have it all already acknowledges it, so that copies which are missing then are remembered.
   */
  async putOffset(key: Key): Promise<PutOffsetReply> {
    const item = { key, associatedFile: undefined };
    const short = new Shortfall();
    const placed = await this.#placing.place(
      item,
      { short, refusesUnwanted: false },
      async ({ placement, nodes }) => {
        placement.end();
        return await askAll(
          nodes,
          async (node) =>
            (await this.#work.noteHeld(node, key)) || (await this.#offsetOn(node, key)),
        );
      },
    );
    const { placement, holders, without, failures } = placed;
    const { answered } = placed.trial;
    const isHeldAlready = placement.nodes.length === 0 && holders.length > 0;
    if (answered.size === 0 && !isHeldAlready) throw this.#placing.unavailable(failures);
    const offsets = [...answered.values()].filter((answer) => answer !== true);
    if (offsets.length > 0) return { kind: 'putFrom', offsetBytes: Math.min(...offsets) };
    const alsoIn = uuidsOf([...holders, ...answered.keys()]);
    await this.#placing.rememberMissing(item, { short, holders: alsoIn, without });
    return { kind: 'alreadyHave', alsoIn };
  }

  /**
   * What a node keeps of an upload, that a put could go on from there: one that takes nothing now may
   * well say how much it has, and the put would then find others that lack it.
   */
  async #offsetOn(node: StorageNode, key: Key): Promise<number> {
    const suspected = this.#work.watch.suspected(node, 'change');
    if (suspected !== undefined) throw suspected;
    return await this.#work.ask(node, () => node.offsetBytes(key));
  }

  /**
   * Each node gets the time by its own clock. That is read before the gateway's, so that a slow
   * answer can only shorten the time. Both are whole seconds, cut off: the gateway's may be almost
   * one further than it says, and a second less is then the most that surely is left.
   */
  remove(key: Key, { beforeSeconds, signal }: RemoveOptions): Promise<RemovedReply> {
    return this.#removeEverywhere(key, async (node) => {
      if (beforeSeconds === undefined) return await this.#work.remove(node, key, { signal });
      const nodeSeconds = await this.#work.ask(node, () => node.clockSeconds());
      const remaining = beforeSeconds - this.#clock() - 1;
      return await this.#work.remove(node, key, { beforeSeconds: nodeSeconds + remaining, signal });
    });
  }

  timestampSeconds(): Promise<number> {
    return Promise.resolve(this.#clock());
  }

  /** A cluster is never locked; clients lock its nodes (spec/cluster-and-proxy.md section 3). */
  lock(): Promise<ContentLock | undefined> {
    return Promise.resolve(undefined);
  }

  async #putInTurn(upload: Upload & { readonly body: ClientBody }): Promise<StoredReply> {
    const { signal, body } = upload;
    const subject = `${this.#cluster.uuid} ${serializeKey(upload.key)}`;
    const waitMs = this.#work.limits.sameKeyWaitMs;
    const turn = this.#uploads.take(subject, { waitMs, signal });
    const end = await this.#work.uploads.way.waiting(subject, body, turn);
    const leave = this.#work.uploads.way.hold(subject, body);
    try {
      return await this.#put(upload);
    } finally {
      leave();
      end();
    }
  }

  async #put(upload: Upload & { readonly body: ClientBody }): Promise<StoredReply> {
    const short = new Shortfall();
    const placed = await this.#placing.place(upload, { short }, ({ nodes }) =>
      this.#openOn(nodes, upload),
    );
    const { placement, without, failures, trial } = placed;
    try {
      const opened = { ...trial, holders: [...placed.holders, ...trial.holders] };
      const isNowhere = opened.holders.length === 0 && opened.receivers.length === 0;
      if (isNowhere && isAnyAway(failures)) throw this.#placing.unavailable(failures);
      const { holders, failed } = await this.#work.uploads.store(upload, opened);
      // One that gave way is not over.
      if (upload.body.before !== undefined) return storedReply(holders);
      short.failed(failed);
      placement.end();
      await this.#placing.rememberMissing(upload, { short, holders, without });
      return storedReply(holders);
    } finally {
      placement.end();
    }
  }

  /** Opens an upload on all of some nodes, or on none: then all is decided again without the failed. */
  async #openOn(nodes: readonly StorageNode[], upload: Upload): Promise<OpenedUpload> {
    const opened = await this.#work.uploads.open(nodes, upload);
    // For a client that is gone nothing is decided any more.
    if (upload.signal.aborted) return { ...opened, failed: new Map() };
    if (opened.failed.size > 0) await this.#work.uploads.abandon(opened.receivers);
    return opened;
  }

  #asked(): AskedCluster {
    return {
      nodes: this.#cluster.nodes,
      work: this.#work,
      locations: (key) => this.#allocator.locations(key),
      unavailable: (failed) => this.#placing.unavailable(failed),
    };
  }

  /** Removed only when it can be in no member of the cluster any more, asked here or not. */
  async #removeEverywhere(
    key: Key,
    remove: (node: StorageNode) => Promise<string>,
  ): Promise<RemovedReply> {
    const left = await this.#beyond.mayHold(key);
    const { answered, failed } = await askAll(this.#cluster.nodes, remove);
    for (const [node, error] of failed) this.#work.tell(node, 'did not remove', key, error);
    const gone = [...answered].filter(
      ([, removal]) => removal === 'removed' || removal === 'absent',
    );
    if (left !== undefined) {
      this.#work.tell(this.#cluster, 'may keep elsewhere', key, left);
    }
    return {
      kind: 'removed',
      isRemoved: gone.length === this.#cluster.nodes.length && left === undefined,
      alsoIn: gone.map(([node]) => node.uuid),
    };
  }
}

function storedReply(holders: readonly Uuid[]): StoredReply {
  return { kind: 'stored', isStored: holders.length > 0, alsoIn: holders };
}
