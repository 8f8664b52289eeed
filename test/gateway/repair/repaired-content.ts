import { serializeKey, type Key } from '../../../src/key/index.ts';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { Allocator } from '../../../src/gateway/placing/allocator.ts';
import { ContentRepair, type RepairedBy } from '../../../src/gateway/repair/content-repair.ts';
import { Pace } from '../../../src/gateway/repair/pace.ts';
import {
  ServedCluster,
  type ConfiguredCluster,
} from '../../../src/gateway/stores/served-cluster.ts';
import { noSettings, type Configuration } from '../../../src/placement/index.ts';
import { locationLogPath, presentIn, setPresence, stampOf } from '../../../src/repository/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { Turns } from '../../../src/waiting/index.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { newContent } from '../annex-requests.ts';

/** What is wanted of a node, and what it is like. */
export interface NodeTerms {
  readonly wanted?: string;
  readonly group?: string;
  readonly cost?: number;
  readonly maxsizeBytes?: bigint;
  readonly trust?: 'trusted';
}

const cluster = imaginaryUuid(9);

/** A content that is repaired on nodes in memory, with all that a gateway does about it. */
export class ContentOnNodes {
  readonly key: Key;
  readonly content: Buffer;
  readonly nodes: readonly MemoryNode[];
  readonly own: MemoryNode;
  /** What the gateway warns of. */
  readonly told: string[] = [];
  readonly clock = new SimulatedClock();
  readonly stopping = new AbortController();
  readonly repair: ContentRepair;
  /** Takes the right to place. */
  claim: () => Promise<() => void> = () => Promise.resolve(() => undefined);
  #configuration: Configuration;
  #log = '';
  #changes = 0;

  /** Nodes by their names, in the order of their costs. */
  constructor(terms: Readonly<Record<string, NodeTerms>>, numcopies = 1) {
    ({ content: this.content, key: this.key } = newContent());
    const all = Object.entries(terms);
    this.nodes = all.map(
      ([name, { cost }], at) =>
        new MemoryNode({ uuid: imaginaryUuid(at + 1), name, cost: cost ?? 100 + at }),
    );
    this.own = new MemoryNode({ uuid: imaginaryUuid(8), name: 'gateway' });
    this.#configuration = {
      repositories: new Map(
        all.map(([, { wanted, group, maxsizeBytes, trust }], at) => [
          imaginaryUuid(at + 1),
          {
            ...noSettings,
            wanted: wanted ?? 'nothing',
            groups: group === undefined ? [] : [group],
            maxsizeBytes,
            ...(trust && { trust }),
          },
        ]),
      ),
      groupwanted: new Map(),
      numcopies,
      mincopies: 1,
      clusters: new Map([[cluster, this.nodes.map(({ uuid }) => uuid)]]),
      fullyBalancedThresholdPercent: 90,
      rebalance: false,
    };
    const work = new NodeWork({
      clock: this.clock,
      limits: defaultLimits,
      record: ({ repository, isPresent }) => {
        this.log(repository, isPresent);
        return Promise.resolve();
      },
      warn: (message, error) =>
        void this.told.push(error instanceof Error ? `${message}: ${error.message}` : message),
    });
    const allocator = new Allocator({
      branch: {
        read: (path) => Promise.resolve(path === locationLogPath(this.key) ? this.#log : undefined),
        attributeCopiesOf: () => Promise.resolve({ numcopies: undefined, mincopies: undefined }),
      },
      sizes: {
        refresh: () => Promise.resolve(),
        sizeBytes: (uuid) => (this.#logged().includes(uuid) ? BigInt(this.content.length) : 0n),
      },
      configuration: () => Promise.resolve(this.#configuration),
      claim: () => this.claim(),
    });
    const by = {
      work,
      allocator,
      uploads: new Turns(this.clock),
      missing: { remember: () => Promise.resolve() },
      clock: () => 0,
    };
    const configured = { uuid: cluster, name: 'pool', nodes: this.nodes, refusesUnwanted: false };
    const stores = {
      cluster: (as: ConfiguredCluster) => new ServedCluster(as, by),
      ownNode: () => this.own,
    };
    this.repair = new ContentRepair(
      configured,
      { work, allocator, stores },
      {
        rebalance: false,
        signal: this.stopping.signal,
        pace: new Pace(this.clock, undefined),
      },
    );
  }

  /** From now on no node wants anything. */
  unwant(): void {
    const settings = { ...noSettings, wanted: 'nothing' };
    const repositories = new Map(this.nodes.map(({ uuid }) => [uuid, settings]));
    this.#configuration = { ...this.#configuration, repositories };
  }

  /** One of the nodes, or the gateway. */
  node(name: string): MemoryNode {
    const node = [...this.nodes, this.own].find((each) => each.name === name);
    if (node === undefined) throw new RangeError(`there is no ${name}`);
    return node;
  }

  /** Some have the content, and are logged to. */
  at(...names: readonly string[]): this {
    for (const name of names) this.has(name, this.content);
    return this;
  }

  /** One has something in the place of the content, and is logged to have it. */
  has(name: string, bytes: Buffer): this {
    const node = this.node(name);
    node.contents.set(this.keyText, bytes);
    this.log(node.uuid, true);
    return this;
  }

  /** A node keeps this of an interrupted upload. */
  keeps(name: string, bytes: Buffer): this {
    this.node(name).partials.set(this.keyText, bytes);
    return this;
  }

  /** Writes into the location log whether a repository has it. */
  log(repository: Uuid, isPresent: boolean): void {
    this.#changes += 1;
    const now = stampOf(this.clock.wallMs() + this.#changes * 1000);
    this.#log = setPresence(this.#log, { uuid: repository, isPresent, now });
  }

  get keyText(): string {
    return serializeKey(this.key);
  }

  /** Who has the content, whole and right. */
  get holders(): readonly string[] {
    return [...this.nodes, this.own]
      .filter((node) => node.contents.get(this.keyText)?.equals(this.content) === true)
      .map(({ name }) => name);
  }

  /** Who is logged to have it. */
  get logged(): readonly string[] {
    const logged = this.#logged();
    return [...this.nodes, this.own]
      .filter(({ uuid }) => logged.includes(uuid))
      .map(({ name }) => name);
  }

  /** Repairs it. */
  async repaired(): Promise<RepairedBy> {
    return await this.repair.repair({
      key: this.key,
      keyText: this.keyText,
      files: ['file'],
      world: {
        configuration: this.#configuration,
        locations: () => [],
        sizeBytes: () => undefined,
      },
    });
  }

  #logged(): readonly Uuid[] {
    return presentIn(this.#log);
  }
}
