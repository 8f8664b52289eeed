import { clockSeconds, LocalRepositoryNode, type StorageNode } from '../../nodes/index.ts';
import { type Repository } from '../../repository/index.ts';
import { Turns } from '../../waiting/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { MissingCopies } from '../missing/index.ts';
import { byCost } from '../nodes/cost.ts';
import type { Nodes } from '../nodes/node-pool-options.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { Allocator } from '../placing/allocator.ts';
import { ServedCluster, type ConfiguredCluster } from './served-cluster.ts';
import { ServedNode } from './served-node.ts';
import type { ServedStore } from './served-store.ts';
import { leadsTo, type ClusterSettings, type Proxied } from '../topology/topology.ts';

/** Makes what stands behind the UUIDs that a gateway serves. */
export class ServedStores {
  readonly #repository: Repository;
  readonly #pool: Nodes;
  readonly #work: NodeWork;
  readonly #allocator: Allocator;
  readonly #missing: MissingCopies;
  readonly #uploads: Turns;

  constructor(from: {
    /** The gateway's own. */
    readonly repository: Repository;
    readonly pool: Nodes;
    readonly work: NodeWork;
    readonly allocator: Allocator;
    readonly missing: MissingCopies;
  }) {
    this.#repository = from.repository;
    this.#uploads = new Turns(from.work.clock);
    this.#pool = from.pool;
    this.#work = from.work;
    this.#allocator = from.allocator;
    this.#missing = from.missing;
  }

  /** The gateway's own repository. */
  own(): ServedStore {
    return this.#served(this.ownNode());
  }

  /** The gateway's own repository as a node among others. */
  ownNode(): StorageNode {
    return new LocalRepositoryNode(this.#repository, {
      name: 'the gateway',
      cost: 0,
      isLoggedByGateway: true,
    });
  }

  /**
   * A node or cluster behind the gateway; `undefined` for a remote that is no node.
   *
   * @param bypass gateways that nothing may be asked of on the way.
   */
  async behind(proxied: Proxied, bypass: readonly Uuid[]): Promise<ServedStore | undefined> {
    if (proxied.kind === 'node') {
      const node = await this.#pool.node(proxied.remote, this.#repository.config, bypass);
      return node === undefined ? undefined : this.#served(node);
    }
    return this.cluster(await this.configured(proxied.cluster, bypass));
  }

  /** A cluster, as it was configured at one moment. */
  cluster(configured: ConfiguredCluster): ServedCluster {
    return new ServedCluster(configured, {
      work: this.#work,
      allocator: this.#allocator,
      uploads: this.#uploads,
      missing: this.#missing,
      clock: () => clockSeconds(this.#repository.system),
    });
  }

  #served(node: StorageNode): ServedNode {
    return new ServedNode(node, this.#work, (key) => this.#allocator.reserve([node.uuid], key));
  }

  /**
   * A cluster with its nodes, opened.
   *
   * @param bypass gateways that nothing may be asked of on the way.
   */
  async configured(
    settings: ClusterSettings,
    bypass: readonly Uuid[] = [],
  ): Promise<ConfiguredCluster> {
    const { config } = this.#repository;
    const remotes = settings.remotes.filter((remote) => !leadsTo(remote, bypass, config));
    const nodes = await Promise.all(
      remotes.map((remote) => this.#pool.node(remote, config, bypass)),
    );
    return {
      uuid: settings.uuid,
      name: settings.name,
      nodes: nodes.filter((node) => node !== undefined).sort(byCost),
      beyond: settings.beyond.filter(
        ({ gateways }) => !gateways.some((via) => bypass.includes(via)),
      ),
      refusesUnwanted: settings.refusesUnwanted,
    };
  }
}
