import type { StorageNode } from '../../nodes/index.ts';
import {
  repairRound,
  settle,
  type CopyProofs,
  type RepairedContent,
  type RepairRound,
  type RepairScope,
  type Settled,
  type World,
} from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { Allocator, RepairTerms } from '../placing/allocator.ts';
import type { ConfiguredCluster } from '../stores/served-cluster.ts';
import type { ServedStores } from '../stores/served-stores.ts';
import type { Pace } from './pace.ts';
import { proofBy } from './proved-copies.ts';

/** A content to repair, and what was read of it besides where it is. */
export interface ContentFacts extends RepairedContent {
  readonly world: World;
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

/** A cluster that is repaired, as it is now. */
export class RepairedCluster {
  readonly cluster: ConfiguredCluster;
  readonly dealings: RepairDealings;
  readonly manner: RepairManner;
  /** By their UUIDs. A repository that is a remote twice is one node, by its cheaper remote. */
  readonly nodes: ReadonlyMap<Uuid, StorageNode>;
  /** Copies that turned out not to be what their key says, `UUID KEY` each. */
  readonly #wrong = new Set<string>();

  constructor(cluster: ConfiguredCluster, dealings: RepairDealings, manner: RepairManner) {
    const repair = { rebalance: manner.rebalance };
    this.cluster = { ...cluster, repair, refusesUnwanted: true };
    this.dealings = dealings;
    this.manner = manner;
    this.nodes = new Map(cluster.nodes.toReversed().map((node) => [node.uuid, node]));
  }

  /** What is known of a content now. */
  now(content: ContentFacts): Promise<World> {
    return this.dealings.allocator.worldOf(content.key, content.world, this.manner);
  }

  /** What is to be done about a content next. @param proof how the copy of a repository is proved. */
  round(
    content: RepairedContent,
    world: World,
    proof: NonNullable<RepairScope['proof']> = (uuid) => this.#proofAtHand(uuid),
  ): RepairRound {
    return repairRound(content, world, this.#scope(proof));
  }

  /** Where all rounds lead that follow. */
  settled(content: RepairedContent, world: World): Settled {
    const scope = this.#scope((uuid) => this.#proofAtHand(uuid));
    return settle(content, world, scope);
  }

  /** The copy on a repository is not what its key says: nothing rests on it any more. */
  noteWrong(uuid: Uuid, { keyText }: RepairedContent): void {
    this.#wrong.add(`${uuid} ${keyText}`);
  }

  /** Whether the copy on a repository is known not to be what its key says. */
  isWrong(uuid: Uuid, { keyText }: RepairedContent): boolean {
    return this.#wrong.has(`${uuid} ${keyText}`);
  }

  /** A node that does not have a content after all is logged so, in its turn. */
  async noteAbsent(node: StorageNode, { key }: RepairedContent): Promise<void> {
    const { work } = this.dealings;
    await work.ask(node, () =>
      work.inTurn(node, key, async () => {
        if (!(await node.has(key))) await work.note(node, { key, isPresent: false });
      }),
    );
    work.tell(node, 'has lost', key, undefined);
  }

  #scope(proof: NonNullable<RepairScope['proof']>): RepairScope {
    const { uuid, nodes } = this.cluster;
    const usable = nodes.filter(({ readOnly }) => readOnly === undefined);
    return {
      clusters: new Map([[uuid, usable]]),
      proof,
      canGive: (repository) => this.#isAtHand(repository),
    };
  }

  /** Whether a repository is asked here at all: a node of the cluster, or the gateway itself. */
  #isAtHand(repository: Uuid): boolean {
    return this.nodes.has(repository) || repository === this.dealings.stores.ownNode().uuid;
  }

  /** What could be proved, as long as nobody is asked. */
  #proofAtHand(repository: Uuid): keyof CopyProofs | undefined {
    return this.#isAtHand(repository) ? proofBy(this.nodes.get(repository)) : undefined;
  }
}

/** A content as a world is asked about it. */
export function itemOf({
  key,
  keyText,
  files,
}: RepairedContent): Parameters<World['locations']>[0] {
  return { key, keyText, file: files[0] };
}
