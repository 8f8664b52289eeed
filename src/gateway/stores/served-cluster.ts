import { serializeKey, type Key } from '../../key/index.ts';
import type { ContentLock, RemoveOptions, StorageNode } from '../../nodes/index.ts';
import type { Turns } from '../../waiting/index.ts';
import type { Uuid } from '../../units/index.ts';
import { Beyond } from '../topology/beyond.ts';
import type { BeyondMember } from '../topology/beyond-members.ts';
import { askAll } from '../placing/ask-all.ts';
import { Placing } from '../placing/placing.ts';
import { inTurns } from '../uploads/in-turns.ts';
import { type ClientBody } from '../uploads/client-body.ts';
import { Shortfall, type MissingCopies } from '../missing/index.ts';
import { firstAnswer } from '../nodes/first-answer.ts';
import { watchedContent } from '../nodes/watched-stream.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { Placement, PlacementDesk } from '../placing/placement-desk.ts';
import type {
  PutOffsetReply,
  RemovedReply,
  ServedContent,
  ServedStore,
  StoredReply,
} from './served-store.ts';
import type { Upload } from '../uploads/upload.ts';

/** A cluster as it is configured at one moment. */
export interface Cluster {
  readonly uuid: Uuid;
  readonly name: string;
  /** Its usable nodes, cheapest first. */
  readonly nodes: readonly StorageNode[];
  /** Its members that are not asked here, and count for no upload. Default: none. */
  readonly beyond?: readonly BeyondMember[];
  /** Whether a key that no node wants is refused rather than stored on every node. */
  readonly refusesUnwanted: boolean;
}

/** A cluster served under its own UUID (spec/cluster-and-proxy.md sections 3 to 5). */
export class ServedCluster implements ServedStore {
  readonly #cluster: Cluster;
  readonly #work: NodeWork;
  readonly #desk: PlacementDesk;
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
    cluster: Cluster,
    by: {
      readonly work: NodeWork;
      readonly desk: PlacementDesk;
      readonly uploads: Turns;
      readonly missing: Pick<MissingCopies, 'remember'>;
      readonly clock: () => number;
    },
  ) {
    this.#cluster = cluster;
    this.#work = by.work;
    this.#desk = by.desk;
    this.#uploads = by.uploads;
    this.#placing = new Placing(cluster, by);
    this.#clock = by.clock;
    this.#beyond = new Beyond(cluster.beyond ?? [], (key) => by.desk.locations(key));
  }

  async checkPresent(key: Key): Promise<boolean> {
    const held = await this.#firstOf(key, async (node) => (await node.has(key)) || undefined);
    if (held === undefined) await this.#beyond.assertNotBeyond(key, 'presence');
    return held ?? false;
  }

  async get(key: Key, fromByte: number): Promise<ServedContent | undefined> {
    const content = await this.#firstOf(
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
    return inTurns(upload, this.#work.way, (rest) => this.#putInTurn(rest));
  }

  /**
   * Stored when every node that an upload would go to has it (spec/cluster-and-proxy.md section 8,
   * data-present), of those that can be asked: what the others should have is missing.
   */
  async confirmPresent(key: Key, associatedFile: string | undefined): Promise<StoredReply> {
    const item = { key, associatedFile };
    const { placement, holders, without } = await this.#placing.decide(item);
    placement.end();
    const nodes = this.#placing.nodesOf(placement.nodes);
    const { answered, failed } = await askAll(nodes, (node) => this.#work.noteHeld(node, key));
    if (failed.size > 0 && answered.size === 0) throw this.#placing.unavailable(failed);
    const now = [...holders, ...nodes.filter((node) => answered.get(node))];
    const isStored = now.length > 0 && ![...answered.values()].includes(false);
    if (isStored) {
      const short = new Shortfall();
      short.chose(placement.nodes);
      short.failed(failed);
      await this.#placing.rememberMissing(item, { short, holders: uuidsOf(now), without });
    }
    return { kind: 'stored', isStored, alsoIn: uuidsOf(now) };
  }

  /**
   * The least of the nodes that a put would go to now, without those that cannot be asked. That they
   * have it all already acknowledges it, so that copies which are missing then are remembered.
   */
  async putOffset(key: Key): Promise<PutOffsetReply> {
    const item = { key, associatedFile: undefined };
    const failures = new Map<StorageNode, unknown>();
    const short = new Shortfall();
    let first: Placement['kind'] | undefined;
    for (;;) {
      const { placement, holders, without } = await this.#placing.decide(
        item,
        this.#placing.without(failures),
      );
      placement.end();
      first ??= placement.kind;
      short.chose(placement.nodes);
      const alreadyIn = async (nodes: readonly StorageNode[]): Promise<PutOffsetReply> => {
        const alsoIn = uuidsOf(nodes);
        await this.#placing.rememberMissing(item, { short, holders: alsoIn, without });
        return { kind: 'alreadyHave', alsoIn };
      };
      if (placement.nodes.length === 0 && holders.length > 0) return await alreadyIn(holders);
      const { answered, failed } = await askAll(
        this.#placing.nodesFor(placement, first),
        async (node) => (await this.#work.noteHeld(node, key)) || (await this.#offsetOn(node, key)),
      );
      for (const [node, error] of failed) failures.set(node, error);
      short.failed(failed);
      if (failed.size > 0) continue;
      if (answered.size === 0) throw this.#placing.unavailable(failures);
      const offsets = [...answered.values()].filter((answer) => answer !== true);
      if (offsets.length > 0) return { kind: 'putFrom', offsetBytes: Math.min(...offsets) };
      return await alreadyIn([...holders, ...answered.keys()]);
    }
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
    const end = await this.#work.way.waiting(subject, body, turn);
    const leave = this.#work.way.hold(subject, body);
    try {
      return await this.#put(upload);
    } finally {
      leave();
      end();
    }
  }

  async #put(upload: Upload & { readonly body: ClientBody }): Promise<StoredReply> {
    const short = new Shortfall();
    const { opened, placement, without } = await this.#placing.place(upload, short);
    try {
      const { holders, failed } = await this.#work.store(upload, opened);
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

  /**
   * What the first node gives that has it: nodes that the log names before the others. Nothing when
   * none has it that could be asked, unless one that could not is logged to have it: a cluster is no
   * copy, so nobody relies on the absence, and for an error clients would stop every upload.
   */
  async #firstOf<T>(
    key: Key,
    question: (node: StorageNode) => Promise<T | undefined>,
    late: (answer: T | undefined) => Promise<void> = () => Promise.resolve(),
  ): Promise<T | undefined> {
    const logged = new Set(await this.#desk.locations(key));
    const { nodes } = this.#cluster;
    const inOrder = [
      ...nodes.filter(({ uuid }) => logged.has(uuid)),
      ...nodes.filter(({ uuid }) => !logged.has(uuid)),
    ];
    const failed = new Map<StorageNode, unknown>();
    const answer = await firstAnswer(this.#work.watch.promptFirst(inOrder), {
      ask: (node) => this.#work.ask(node, () => question(node), { late }),
      aloneMs: this.#work.limits.nodeDoubtMs,
      late,
      failed: (node, error) => {
        failed.set(node, error);
        this.#work.tell(node, 'could not be asked for', key, error);
      },
    });
    if (answer !== undefined) return answer;
    const mayHaveIt = [...failed.keys()].some(({ uuid }) => logged.has(uuid));
    const isNoneAsked = failed.size > 0 && failed.size === nodes.length;
    if (mayHaveIt || isNoneAsked) throw this.#placing.unavailable(failed);
    return undefined;
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

function uuidsOf(nodes: readonly StorageNode[]): Uuid[] {
  return nodes.map(({ uuid }) => uuid);
}

function storedReply(holders: readonly Uuid[]): StoredReply {
  return { kind: 'stored', isStored: holders.length > 0, alsoIn: holders };
}
