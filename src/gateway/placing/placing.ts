import { serializeKey, type Key } from '../../key/index.ts';
import { NodeUnavailableError, type StorageNode } from '../../nodes/index.ts';
import { beginPlacing, stepPlacing } from '../../placement/index.ts';
import { type Uuid, BallastError } from '../../units/index.ts';
import type { MissingCopies, Shortfall } from '../missing/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { Placement, Allocator, RepairTerms } from './allocator.ts';
import { askAll } from './ask-all.ts';

/** What placing has to know of a cluster. */
export interface PlacedCluster {
  readonly uuid: Uuid;
  readonly name: string;
  /** Its usable nodes, cheapest first. */
  readonly nodes: readonly StorageNode[];
  /** Whether a key that no node wants is refused rather than stored on every node. */
  readonly refusesUnwanted: boolean;
  /** Set where copies are made by repair. */
  readonly repair?: RepairTerms | undefined;
}

/** A content that is to be placed. */
export interface PlacedItem {
  readonly key: Key;
  readonly associatedFile: string | undefined;
}

/** Nodes that were chosen for a content, while their room is reserved. */
export interface Chosen {
  readonly placement: Placement;
  /** The nodes to try, cheapest first: they hold nothing yet, by the log. */
  readonly nodes: readonly StorageNode[];
}

/** What came of trying the chosen nodes; for one that failed, all is decided again without it. */
export interface Trial {
  readonly failed: ReadonlyMap<StorageNode, unknown>;
}

/** Where a content goes. */
export interface Placed<T extends Trial> extends Chosen {
  /** Nodes that have said that they hold it already. */
  readonly holders: readonly StorageNode[];
  /** Nodes that turned out not to hold it, whatever the log says. */
  readonly without: ReadonlySet<Uuid>;
  readonly trial: T;
  /** Of all trials. */
  readonly failures: ReadonlyMap<StorageNode, unknown>;
}

/** No node of a cluster wants the key, and the gateway is told to refuse such. */
function unwanted(cluster: PlacedCluster, key: Key): BallastError {
  return new BallastError(
    'UNWANTED',
    `no node of cluster ${cluster.name} wants ${serializeKey(key)}, and ` +
      `annex.cluster.${cluster.name}.unwanted is "refuse"`,
  );
}

/** Decides where contents of one cluster go, while some of its nodes may be away. */
export class Placing {
  readonly #cluster: PlacedCluster;
  /** Nodes that take contents: what others have spares nobody a copy. */
  readonly #nodes: readonly StorageNode[];
  readonly #work: NodeWork;
  readonly #allocator: Allocator;
  readonly #missing: Pick<MissingCopies, 'remember'>;

  constructor(
    cluster: PlacedCluster,
    by: {
      readonly work: NodeWork;
      readonly allocator: Allocator;
      readonly missing: Pick<MissingCopies, 'remember'>;
    },
  ) {
    this.#cluster = cluster;
    this.#nodes = cluster.nodes.filter(({ readOnly }) => readOnly === undefined);
    this.#work = by.work;
    this.#allocator = by.allocator;
    this.#missing = by.missing;
  }

  /**
   * Goes the steps of placement's `placing-step` with real nodes until the chosen ones have taken what is tried.
   * The room of the last decision stays reserved: end its placement.
   *
   * @param by.short is told of what was chosen and of what failed.
   * @param by.refusesUnwanted whether a content that no node wants is refused. Default: as the
   * cluster is configured.
   * @param attempt may end the placement when it needs no room.
   * @throws UNWANTED.
   */
  async place<T extends Trial>(
    item: PlacedItem,
    by: { readonly short: Shortfall; readonly refusesUnwanted?: boolean },
    attempt: (chosen: Chosen) => Promise<T>,
  ): Promise<Placed<T>> {
    const { short, refusesUnwanted = this.#cluster.refusesUnwanted } = by;
    const failures = new Map<StorageNode, unknown>();
    const left = (uuids: readonly Uuid[]): StorageNode[] =>
      this.nodesOf(uuids).filter((node) => !failures.has(node));
    let step = beginPlacing({ nodes: uuidsOf(this.#nodes), refusesUnwanted });
    let placement: Placement | undefined;
    let trial: { readonly of: Chosen & Pick<Placed<T>, 'holders'>; readonly came: T } | undefined;
    try {
      for (;;) {
        const { act, state } = step;
        if (act.kind === 'refuse') throw unwanted(this.#cluster, item.key);
        if (act.kind === 'decide') {
          placement?.end();
          placement = await this.#decide(item, left(act.nodes), act.without);
          step = stepPlacing(step, { kind: 'decided', decision: placement });
        } else if (act.kind === 'ask') {
          step = stepPlacing(step, { kind: 'held', answered: await this.#asked(item, act.nodes) });
        } else if (act.kind === 'try' && placement !== undefined) {
          const chosen = { placement, nodes: left(act.nodes) };
          short.chose(placement.nodes);
          const came = await attempt(chosen);
          for (const [node, error] of came.failed) failures.set(node, error);
          short.failed(came.failed);
          trial = { of: { ...chosen, holders: this.nodesOf(act.holders) }, came };
          const failed = uuidsOf([...came.failed.keys()]);
          const lost = failed.filter((uuid) => left([uuid]).length === 0);
          // A repository that is a remote twice is tried by its other one.
          if (failed.length > 0 && lost.length === 0) continue;
          step = stepPlacing(step, { kind: 'tried', failed: lost });
        } else if (trial !== undefined) {
          return { ...trial.of, trial: trial.came, without: state.without, failures };
        }
      }
    } catch (error) {
      placement?.end();
      throw error;
    }
  }

  #decide(
    { key, associatedFile }: PlacedItem,
    nodes: readonly StorageNode[],
    notAt: readonly Uuid[],
  ): Promise<Placement> {
    const without = new Set(notAt);
    return this.#allocator.decide({
      cluster: this.#cluster.uuid,
      key,
      associatedFile,
      nodes,
      without,
      repair: this.#cluster.repair,
    });
  }

  /** Whether nodes hold the key, those that say it; what they say is logged. */
  async #asked({ key }: PlacedItem, uuids: readonly Uuid[]): Promise<Map<Uuid, boolean>> {
    const { answered } = await askAll(this.nodesOf(uuids), (node) =>
      this.#work.noteHeld(node, key),
    );
    return new Map([...answered].map(([{ uuid }, isHeld]) => [uuid, isHeld]));
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
    const without = [...result.without].filter((uuid) => !holders.includes(uuid));
    const after = await this.#decide(item, this.#nodes, without);
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

  /** The nodes of some UUIDs, cheapest first. */
  nodesOf(uuids: readonly Uuid[]): StorageNode[] {
    return this.#nodes.filter(({ uuid }) => uuids.includes(uuid));
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

/** Whether a node failed because it could not be reached. */
export function isAnyAway(failures: ReadonlyMap<StorageNode, unknown>): boolean {
  return [...failures.values()].some((error) => error instanceof NodeUnavailableError);
}

/** The UUIDs of some nodes, in their order. */
export function uuidsOf(nodes: readonly StorageNode[]): Uuid[] {
  return nodes.map(({ uuid }) => uuid);
}
