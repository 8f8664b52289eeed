import { defaultLimits } from '../../src/gateway/limits.ts';
import { NodeWork } from '../../src/gateway/nodes/node-work.ts';
import { Allocator } from '../../src/gateway/placing/allocator.ts';
import { ContentRepair, type RepairedBy } from '../../src/gateway/repair/content-repair.ts';
import { Pace } from '../../src/gateway/repair/pace.ts';
import { ServedCluster, type ConfiguredCluster } from '../../src/gateway/stores/served-cluster.ts';
import { serializeKey, type Key } from '../../src/key/index.ts';
import { NodeUnavailableError } from '../../src/nodes/index.ts';
import type { Configuration } from '../../src/placement/index.ts';
import {
  locationLogPath,
  presentIn,
  setPresence,
  stampOf,
  type RepositorySizes,
} from '../../src/repository/index.ts';
import { streamOf } from '../../src/stream/index.ts';
import { BallastError, isErrorCode, type Uuid } from '../../src/units/index.ts';
import { Turns } from '../../src/waiting/index.ts';
import { MemoryNode } from '../../test/nodes/memory-node.ts';
import { imaginaryUuid } from '../../test/support/presence.ts';
import { SimulatedClock } from '../../test/support/simulated-clock.ts';

/** A node behind a {@link MemoryGateway}. */
export interface GatewayNode {
  readonly uuid: Uuid;
  readonly name: string;
  readonly cost: number;
  readonly isDown: boolean;
  /** What fits on its disk; without it all does. */
  readonly diskBytes: bigint | undefined;
  /** As a special remote. Default: it keeps locks. */
  readonly keepsNoLocks?: true;
}

/** A content with its name in the work tree of who sends it. */
export interface SentContent {
  readonly key: Key;
  readonly file: string;
}

/** What a client comes to that copies a content to a cluster. */
export interface Sent {
  /** `held` and `away` before it has sent anything. */
  readonly kind: 'stored' | 'held' | 'away' | 'notStored' | 'unwanted';
  /** Nodes that it hears to have it now. */
  readonly told: readonly Uuid[];
}

/** The cluster of a real gateway, whose nodes and git-annex branch are in memory. */
export class MemoryGateway {
  readonly #nodes: readonly MemoryNode[];
  readonly #cluster: ServedCluster;
  readonly #repair: ContentRepair;
  readonly #configuration: Configuration;
  /** Location logs by path, and the keys that they are about. */
  readonly #logs = new Map<string, string>();
  readonly #keys = new Map<string, Key>();
  readonly #clock = new SimulatedClock();
  #changes = 0;
  #sendingBytes = 0n;

  constructor(of: {
    readonly cluster: Uuid;
    readonly nodes: readonly GatewayNode[];
    readonly configuration: Configuration;
    readonly refusesUnwanted: boolean;
  }) {
    // As topology gives them.
    const nodes = of.nodes.toSorted((left, right) => left.cost - right.cost);
    this.#nodes = nodes.map((node) => this.#node(node));
    const { cluster: uuid, refusesUnwanted, configuration } = of;
    const configured = { uuid, name: 'pool', nodes: this.#nodes, refusesUnwanted };
    const work = new NodeWork({
      clock: this.#clock,
      limits: defaultLimits,
      record: ({ key, repository, isPresent }) =>
        Promise.resolve(this.record(key, repository, isPresent)),
      warn: () => undefined,
    });
    const allocator = new Allocator({
      branch: {
        read: (path) => Promise.resolve(this.#logs.get(path)),
        attributeCopiesOf: () => Promise.resolve({ numcopies: undefined, mincopies: undefined }),
      },
      sizes: this.#sizes(),
      configuration: () => Promise.resolve(configuration),
    });
    const by = {
      work,
      allocator,
      uploads: new Turns(this.#clock),
      missing: { remember: () => Promise.resolve() },
      clock: () => 0,
    };
    this.#cluster = new ServedCluster(configured, by);
    const own = new MemoryNode({ uuid: imaginaryUuid(99), name: 'gate' });
    const stores = {
      cluster: (as: ConfiguredCluster) => new ServedCluster(as, by),
      ownNode: () => own,
    };
    const pace = new Pace(this.#clock, undefined);
    const manner = { rebalance: false, signal: new AbortController().signal, pace };
    this.#repair = new ContentRepair(configured, { work, allocator, stores }, manner);
    this.#configuration = configuration;
  }

  /** Repairs a content. */
  async repair({ key, file }: SentContent): Promise<RepairedBy> {
    this.#sendingBytes = key.sizeBytes ?? 0n;
    return await this.#repair.repair({
      key,
      keyText: serializeKey(key),
      files: [file],
      world: {
        configuration: this.#configuration,
        locations: () => [],
        sizeBytes: () => undefined,
      },
    });
  }

  /** One of the nodes. */
  node(name: string): MemoryNode {
    const node = this.#nodes.find((each) => each.name === name);
    if (node === undefined) throw new RangeError(`there is no ${name}`);
    return node;
  }

  /** Writes into the location log whether a repository has a content, whatever is true. */
  record(key: Key, repository: Uuid, isPresent: boolean): void {
    this.#changes += 1;
    this.#keys.set(serializeKey(key), key);
    const path = locationLogPath(key);
    const now = stampOf(this.#clock.wallMs() + this.#changes * 1000);
    const log = setPresence(this.#logs.get(path) ?? '', { uuid: repository, isPresent, now });
    this.#logs.set(path, log);
  }

  /** Who has a content by the location log. */
  logged(key: Key): readonly Uuid[] {
    return presentIn(this.#logs.get(locationLogPath(key)) ?? '');
  }

  /** Sends a content as `git annex copy --to` does: what the cluster has, or may have, is not sent. */
  async send({ key, file }: SentContent): Promise<Sent> {
    let isAsked = false;
    try {
      if (await this.#cluster.checkPresent(key)) return { kind: 'held', told: [] };
      isAsked = true;
      this.#sendingBytes = key.sizeBytes ?? 0n;
      const content = Buffer.alloc(Number(this.#sendingBytes));
      const { isStored, alsoIn } = await this.#cluster.put({
        key,
        associatedFile: file,
        offsetBytes: 0,
        lengthBytes: content.length,
        body: streamOf(content),
        signal: new AbortController().signal,
      });
      return { kind: isStored ? 'stored' : 'notStored', told: alsoIn };
    } catch (error) {
      if (isErrorCode(error, 'UNWANTED')) return { kind: 'unwanted', told: [] };
      if (error instanceof NodeUnavailableError) {
        return { kind: isAsked ? 'notStored' : 'away', told: [] };
      }
      throw error;
    }
  }

  #sizes(): Pick<RepositorySizes, 'refresh' | 'sizeBytes'> {
    return {
      refresh: () => Promise.resolve(),
      sizeBytes: (uuid) => {
        const held = [...this.#keys.values()].filter((key) => this.logged(key).includes(uuid));
        return held.reduce((sum, { sizeBytes = 0n }) => sum + sizeBytes, 0n);
      },
    };
  }

  /** A node that nobody reaches when it is down, and that takes nothing its disk has no room for. */
  #node({ uuid, name, cost, isDown, diskBytes, ...others }: GatewayNode): MemoryNode {
    const node = new MemoryNode({ uuid, name, cost, ...others });
    node.before = (step): void => {
      if (isDown) throw new NodeUnavailableError(name, 'it is down');
      if (step !== 'put' || diskBytes === undefined) return;
      let usedBytes = this.#sendingBytes;
      for (const content of node.contents.values()) usedBytes += BigInt(content.length);
      if (usedBytes > diskBytes) throw new BallastError('NOT_ENOUGH_SPACE', 'the disk is full');
    };
    return node;
  }
}
