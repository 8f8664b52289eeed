import { serializeKey, type Key } from '../key/index.ts';
import {
  NodeUnavailableError,
  type ContentLock,
  type RemoveOptions,
  type StorageNode,
} from '../nodes/index.ts';
import type { Turns } from '../repository/index.ts';
import type { Uuid } from '../units/index.ts';
import { Beyond } from './beyond/beyond.ts';
import type { BeyondMember } from './beyond/beyond-members.ts';
import { firstAnswer } from './nodes/first-answer.ts';
import type { NodeWork, Opened } from './node-work.ts';
import type { Placement, PlacementDesk } from './placement-desk.ts';
import type {
  PutOffsetReply,
  RemovedReply,
  ServedContent,
  ServedStore,
  StoredReply,
} from './served-store.ts';
import type { Upload } from './upload.ts';

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

/** No node of a cluster wants the key, and the gateway is told to refuse such. */
export class UnwantedError extends Error {
  readonly code = 'UNWANTED';

  constructor(cluster: Cluster, key: Key) {
    super(
      `no node of cluster ${cluster.name} wants ${serializeKey(key)}, and ` +
        `annex.cluster.${cluster.name}.unwanted is "refuse"`,
    );
  }
}

/** A cluster served under its own UUID (spec/cluster-and-proxy.md sections 3 to 5). */
export class ServedCluster implements ServedStore {
  readonly #cluster: Cluster;
  readonly #work: NodeWork;
  readonly #desk: PlacementDesk;
  readonly #uploads: Turns;
  readonly #clock: () => number;
  readonly #beyond: Beyond;

  /**
   * @param by.uploads turns of uploads, shared by all that serve the gateway's clusters.
   * @param by.clock the gateway's clock, whole seconds.
   */
  constructor(
    cluster: Cluster,
    by: {
      readonly work: NodeWork;
      readonly desk: PlacementDesk;
      readonly uploads: Turns;
      readonly clock: () => number;
    },
  ) {
    this.#cluster = cluster;
    this.#work = by.work;
    this.#desk = by.desk;
    this.#uploads = by.uploads;
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
        return content && { ...content, node: node.uuid };
      },
      async (content) => await content?.stream.close(),
    );
    if (content === undefined) await this.#beyond.assertNotBeyond(key, 'content');
    return content;
  }

  async put(upload: Upload): Promise<StoredReply> {
    const subject = `${this.#cluster.uuid} ${serializeKey(upload.key)}`;
    const { signal } = upload;
    const waitMs = this.#work.limits.sameKeyWaitMs;
    const end = await this.#uploads.take(subject, { waitMs, signal });
    try {
      const { opened, placement } = await this.#place(upload);
      try {
        return storedReply(await this.#work.store(upload, opened));
      } finally {
        placement.end();
      }
    } finally {
      end();
    }
  }

  /** Stored when every node that an upload would go to has it (spec section 8, data-present). */
  async confirmPresent(key: Key, associatedFile: string | undefined): Promise<StoredReply> {
    const { placement, holders } = await this.#decide({ key, associatedFile });
    placement.end();
    const nodes = this.#nodesOf(placement.nodes);
    const held = await Promise.all(nodes.map((node) => this.#work.noteHeld(node, key)));
    const now = [...holders, ...nodes.filter((_node, index) => held[index])];
    const isStored = held.every(Boolean) && now.length > 0;
    return { kind: 'stored', isStored, alsoIn: uuidsOf(now) };
  }

  async putOffset(key: Key): Promise<PutOffsetReply> {
    const { placement, holders } = await this.#decide({ key, associatedFile: undefined });
    placement.end();
    if (placement.nodes.length === 0 && holders.length > 0) {
      return { kind: 'alreadyHave', alsoIn: uuidsOf(holders) };
    }
    const { answered, failed } = await this.#askAll(
      this.#nodesOf(placement.nodes),
      async (node) =>
        (await this.#work.noteHeld(node, key)) ||
        (await this.#work.ask(node, () => node.offsetBytes(key))),
    );
    const offsets = [...answered.values()].filter((answer) => answer !== true);
    if (offsets.length > 0) return { kind: 'putFrom', offsetBytes: Math.min(...offsets) };
    if (answered.size === 0) throw this.#unavailable(failed);
    return { kind: 'alreadyHave', alsoIn: uuidsOf([...holders, ...answered.keys()]) };
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

  /** A cluster is never locked; clients lock its nodes (spec section 3). */
  lock(): Promise<ContentLock | undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Decides where an upload goes and opens it there. When nodes that it should go to take nothing,
   * it goes to the others that want it without them.
   */
  async #place(upload: Upload): Promise<{ opened: Opened; placement: Placement }> {
    let usable = this.#cluster.nodes;
    let first: Placement['kind'] | undefined;
    for (;;) {
      const { placement, holders } = await this.#decide(upload, usable);
      try {
        first ??= placement.kind;
        if (first === 'unwanted' && this.#cluster.refusesUnwanted) {
          throw new UnwantedError(this.#cluster, upload.key);
        }
        // Nodes that nobody could reach may be the only ones that want the key: the rest, which
        // does not want it, is then no place for it.
        const isLeftOver = first === 'store' && placement.kind === 'unwanted';
        const nodes = isLeftOver ? [] : this.#nodesOf(placement.nodes);
        const opened = await this.#work.open(nodes, upload);
        if (opened.failed.size === 0 || upload.signal.aborted) {
          return { opened: { ...opened, holders: [...holders, ...opened.holders] }, placement };
        }
        await this.#work.abandon(opened.receivers);
        usable = usable.filter((node) => !opened.failed.has(node));
        placement.end();
      } catch (error) {
        placement.end();
        throw error;
      }
    }
  }

  /**
   * Asks the placement desk, and the nodes that it takes for holders whether they are. The log can
   * be wrong: a copy that is not there counts for nothing, least of all for an answer that lets a
   * client drop its own. Holders that cannot be asked count as the log says while another one is
   * sure; they are named to nobody.
   */
  async #decide(
    item: { readonly key: Key; readonly associatedFile: string | undefined },
    usable: readonly StorageNode[] = this.#cluster.nodes,
  ): Promise<Decided> {
    const without = new Set<Uuid>();
    let nodes = usable;
    for (;;) {
      const placement = await this.#desk.decide({
        cluster: this.#cluster.uuid,
        key: item.key,
        associatedFile: item.associatedFile,
        nodes,
        without,
      });
      const asked = this.#nodesOf(placement.holders);
      const { answered } = await this.#askAll(asked, (node) => this.#work.noteHeld(node, item.key));
      const holders = asked.filter((node) => answered.get(node) === true);
      const lacking = asked.filter((node) => answered.get(node) === false);
      const isSure = placement.kind !== 'alreadyHeld' || holders.length > 0;
      if (lacking.length === 0 && isSure) return { placement, holders };
      placement.end();
      for (const { uuid } of isSure ? lacking : asked) without.add(uuid);
      if (!isSure) nodes = nodes.filter((node) => !asked.includes(node) || answered.has(node));
    }
  }

  /** What the first node gives that has it: nodes that the log names before the others. */
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
    const failed: unknown[] = [];
    const answer = await firstAnswer(this.#work.watch.promptFirst(inOrder), {
      ask: (node) => this.#work.ask(node, () => question(node), { late }),
      aloneMs: this.#work.limits.nodeDoubtMs,
      late,
      failed: (node, error) => {
        failed.push(error);
        this.#work.warn(`${node.name} could not be asked for ${serializeKey(key)}`, error);
      },
    });
    if (answer === undefined && failed.length > 0) throw this.#unavailable(failed);
    return answer;
  }

  /** Removed only when it can be in no member of the cluster any more, asked here or not. */
  async #removeEverywhere(
    key: Key,
    remove: (node: StorageNode) => Promise<string>,
  ): Promise<RemovedReply> {
    const left = await this.#beyond.mayHold(key);
    const { answered, failed } = await this.#askAll(this.#cluster.nodes, remove);
    for (const error of failed) {
      this.#work.warn(`a node of ${this.#cluster.name} removed nothing`, error);
    }
    const gone = [...answered].filter(
      ([, removal]) => removal === 'removed' || removal === 'absent',
    );
    if (left !== undefined) {
      this.#work.warn(`${serializeKey(key)} is not dropped from the whole cluster`, left);
    }
    return {
      kind: 'removed',
      isRemoved: gone.length === this.#cluster.nodes.length && left === undefined,
      alsoIn: gone.map(([node]) => node.uuid),
    };
  }

  async #askAll<T>(
    nodes: readonly StorageNode[],
    question: (node: StorageNode) => Promise<T>,
  ): Promise<{ answered: Map<StorageNode, T>; failed: readonly unknown[] }> {
    const answered = new Map<StorageNode, T>();
    const failed: unknown[] = [];
    await Promise.all(
      nodes.map(async (node) => {
        try {
          answered.set(node, await question(node));
        } catch (error) {
          failed.push(error);
        }
      }),
    );
    return { answered, failed };
  }

  #nodesOf(uuids: readonly Uuid[]): StorageNode[] {
    return this.#cluster.nodes.filter(({ uuid }) => uuids.includes(uuid));
  }

  #unavailable(failed: readonly unknown[]): NodeUnavailableError {
    const cause = failed.find((error) => error instanceof Error);
    const why = cause instanceof Error ? cause.message : 'no node answered';
    return new NodeUnavailableError(`of cluster ${this.#cluster.name}`, why, { cause });
  }
}

/** Where an upload goes, and the nodes that are known to hold the key already. */
interface Decided {
  readonly placement: Placement;
  readonly holders: readonly StorageNode[];
}

function uuidsOf(nodes: readonly StorageNode[]): Uuid[] {
  return nodes.map(({ uuid }) => uuid);
}

function storedReply(holders: readonly Uuid[]): StoredReply {
  return { kind: 'stored', isStored: holders.length > 0, alsoIn: holders };
}
