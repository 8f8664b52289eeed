import { serializeKey, type Key } from '../../key/index.ts';
import { NodeUnavailableError, type StorageNode } from '../../nodes/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { MissingCopies, Shortfall } from '../missing/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { Opened } from '../nodes/outcomes.ts';
import type { Placement, PlacementDesk } from './placement-desk.ts';
import type { Upload } from '../uploads/upload.ts';
import { askAll } from './ask-all.ts';

/** What placing has to know of a cluster. */
export interface PlacedCluster {
  readonly uuid: Uuid;
  readonly name: string;
  /** Its usable nodes, cheapest first. */
  readonly nodes: readonly StorageNode[];
  /** Whether a key that no node wants is refused rather than stored on every node. */
  readonly refusesUnwanted: boolean;
}

/** A content that is to be placed. */
export interface PlacedItem {
  readonly key: Key;
  readonly associatedFile: string | undefined;
}

/** Where an upload goes, and the nodes that are known to hold the key already. */
export interface Decided {
  readonly placement: Placement;
  readonly holders: readonly StorageNode[];
  /** Nodes that turned out not to hold it, whatever the log says. */
  readonly without: ReadonlySet<Uuid>;
}

/** An upload's nodes, ready to take it. */
export interface Placed extends Omit<Decided, 'holders'> {
  readonly opened: Opened;
}

/** No node of a cluster wants the key, and the gateway is told to refuse such. */
export class UnwantedError extends Error {
  readonly code = 'UNWANTED';

  constructor(cluster: PlacedCluster, key: Key) {
    super(
      `no node of cluster ${cluster.name} wants ${serializeKey(key)}, and ` +
        `annex.cluster.${cluster.name}.unwanted is "refuse"`,
    );
  }
}

/** Decides where contents of one cluster go, while some of its nodes may be away. */
export class Placing {
  readonly #cluster: PlacedCluster;
  readonly #work: NodeWork;
  readonly #desk: PlacementDesk;
  readonly #missing: Pick<MissingCopies, 'remember'>;

  constructor(
    cluster: PlacedCluster,
    by: {
      readonly work: NodeWork;
      readonly desk: PlacementDesk;
      readonly missing: Pick<MissingCopies, 'remember'>;
    },
  ) {
    this.#cluster = cluster;
    this.#work = by.work;
    this.#desk = by.desk;
    this.#missing = by.missing;
  }

  /**
   * Decides where an upload goes and opens it there. When nodes that it should go to take nothing,
   * it goes to the others that want it without them.
   */
  async place(upload: Upload, short: Shortfall): Promise<Placed> {
    const failures = new Map<StorageNode, unknown>();
    let first: Placement['kind'] | undefined;
    for (;;) {
      const { placement, holders, without } = await this.decide(upload, this.without(failures));
      try {
        first ??= placement.kind;
        short.chose(placement.nodes);
        if (first === 'unwanted' && this.#cluster.refusesUnwanted) {
          throw new UnwantedError(this.#cluster, upload.key);
        }
        const opened = await this.#work.open(this.nodesFor(placement, first), upload);
        if (opened.failed.size === 0 || upload.signal.aborted) {
          const allHolders = [...holders, ...opened.holders];
          const isNowhere = allHolders.length === 0 && opened.receivers.length === 0;
          if (isNowhere && isAnyAway(failures)) throw this.unavailable(failures);
          return { opened: { ...opened, holders: allHolders }, placement, without };
        }
        await this.#work.abandon(opened.receivers);
        for (const [node, error] of opened.failed) failures.set(node, error);
        short.failed(opened.failed);
        placement.end();
      } catch (error) {
        placement.end();
        throw error;
      }
    }
  }

  /**
   * Remembers the copies that an upload which is about to be acknowledged should have made and has
   * not. What others hold in their place is not missing: that is what a decision on all nodes says
   * after it.
   */
  async rememberMissing(
    item: PlacedItem,
    result: {
      readonly short: Shortfall;
      readonly holders: readonly Uuid[];
      /** Nodes that do not hold it whatever the log says, as of before. */
      readonly without: ReadonlySet<Uuid>;
    },
  ): Promise<void> {
    const { short, holders } = result;
    const lacking = short.lacking(holders);
    if (holders.length === 0 || lacking.size === 0) return;
    const after = await this.#desk.decide({
      cluster: this.#cluster.uuid,
      key: item.key,
      associatedFile: item.associatedFile,
      nodes: this.#cluster.nodes,
      without: new Set([...result.without].filter((uuid) => !holders.includes(uuid))),
    });
    try {
      const sinceSeconds = Math.floor(this.#work.clock.wallMs() / 1000);
      const missing = [...lacking]
        .filter(([node]) => after.nodes.includes(node))
        .map(([node, why]) => {
          return { key: item.key, cluster: this.#cluster.uuid, node, sinceSeconds, why };
        });
      if (missing.length > 0) await this.#missing.remember(missing);
    } finally {
      after.end();
    }
  }

  /**
   * Asks the placement desk, and the nodes that it takes for holders whether they are. The log can
   * be wrong: a copy that is not there counts for nothing, least of all for an answer that lets a
   * client drop its own. Holders that cannot be asked count as the log says while another one is
   * sure; they are named to nobody.
   */
  async decide(
    item: PlacedItem,
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
      const asked = this.nodesOf(placement.holders);
      const { answered } = await askAll(asked, (node) => this.#work.noteHeld(node, item.key));
      const holders = asked.filter((node) => answered.get(node) === true);
      const lacking = asked.filter((node) => answered.get(node) === false);
      const isSure = placement.kind !== 'alreadyHeld' || holders.length > 0;
      if (lacking.length === 0 && isSure) return { placement, holders, without };
      placement.end();
      for (const { uuid } of isSure ? lacking : asked) without.add(uuid);
      if (!isSure) nodes = nodes.filter((node) => !asked.includes(node) || answered.has(node));
    }
  }

  /** The nodes but for those that failed. */
  without(failures: ReadonlyMap<StorageNode, unknown>): readonly StorageNode[] {
    return this.#cluster.nodes.filter((node) => !failures.has(node));
  }

  /**
   * The nodes of a placement. Nodes that nobody could reach may be the only ones that want the key:
   * the rest, which does not want it, is then no place for it.
   *
   * @param first what was decided on all nodes.
   */
  nodesFor({ kind, nodes }: Placement, first: Placement['kind']): StorageNode[] {
    return first === 'store' && kind === 'unwanted' ? [] : this.nodesOf(nodes);
  }

  /** The nodes of some UUIDs, cheapest first. */
  nodesOf(uuids: readonly Uuid[]): StorageNode[] {
    return this.#cluster.nodes.filter(({ uuid }) => uuids.includes(uuid));
  }

  /** What a request is answered with that none of these nodes could answer. */
  unavailable(failed: ReadonlyMap<StorageNode, unknown>): NodeUnavailableError {
    const cause = [...failed.values()].find((error) => error instanceof Error);
    const isAll = failed.size === this.#cluster.nodes.length;
    const all = isAll ? 'none of its nodes can be used: ' : '';
    const why = cause instanceof Error ? cause.message : 'no node answered';
    return new NodeUnavailableError(`of cluster ${this.#cluster.name}`, `${all}${why}`, { cause });
  }
}

function isAnyAway(failures: ReadonlyMap<StorageNode, unknown>): boolean {
  return [...failures.values()].some((error) => error instanceof NodeUnavailableError);
}
