import { readEquivalents } from '../../annex/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import type { FileLock, Repository } from '../../repository/index.ts';
import { isErrorCode, type Uuid } from '../../units/index.ts';
import type { MissingCopies } from '../missing/index.ts';
import { byCost } from '../nodes/cost.ts';
import type { Nodes } from '../nodes/node-pool-options.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import type { Notices } from '../notices/notices.ts';
import type { Warn } from '../notices/warn.ts';
import type { TopologySources } from '../topology/topology.ts';
import { servedRemotes } from '../topology/topology.ts';
import { CopyMender, type CopyFinding } from './copy-mender.ts';
import { keepBad } from './kept-bad.ts';
import { walkNode, type WalkEnd, type WalkOptions } from './node-walk.ts';
import { OwedCopies, type OwedCopy } from './owed-copies.ts';
import { WalkFiles } from './walk-files.ts';

/** What scrubbing uses of its gateway. */
export interface ScrubbingParts {
  readonly repository: Repository;
  readonly work: NodeWork;
  readonly pool: Nodes;
  readonly notices: Notices;
  readonly warn: Warn;
  readonly topology: { current(): Promise<TopologySources> };
  readonly stores: { ownNode(): StorageNode };
  readonly allocator: { locations(key: Key): Promise<readonly Uuid[]> };
  readonly missing: Pick<MissingCopies, 'remember'>;
}

/** The right to place uploads, with which the list of missing copies may be changed. */
export interface ScrubbingClaim {
  readonly take: () => Promise<() => void>;
  /** Whether this process has that right anyway, so that nobody has to be waited for. */
  readonly isPlacing: boolean;
}

/** How often something was found at a node since the start. */
interface ScrubCounts {
  readonly copies: number;
  readonly bytes: number;
  readonly damaged: number;
}

/**
 * Reading contents again: which nodes, how far, and by whom. One process at a time does it for a gateway: it holds
 * `annex/ballast-scrub.lck` meanwhile.
 */
export class Scrubbing {
  readonly clock: Clock;
  readonly owed: Pick<OwedCopies, 'all'>;
  readonly files: Pick<WalkFiles, 'read' | 'write'>;
  readonly #parts: ScrubbingParts;
  readonly #claim: ScrubbingClaim;
  readonly #mender: CopyMender;
  readonly #owed: OwedCopies;
  /** What was found since the start, by the name of the node. */
  readonly #counts = new Map<string, ScrubCounts>();

  constructor(parts: ScrubbingParts, claim: ScrubbingClaim) {
    this.#parts = parts;
    this.#claim = claim;
    const { repository, work } = parts;
    this.clock = repository.system.clock;
    const place = {
      gitDirectory: repository.gitDirectory,
      disk: repository.disk,
      clock: this.clock,
      sharedRepository: repository.config.get('core.sharedrepository'),
    };
    this.#owed = new OwedCopies(place);
    this.owed = this.#owed;
    this.files = new WalkFiles(place);
    this.#mender = new CopyMender({
      work,
      clock: this.clock,
      owed: this.#owed,
      equivalents: (key) => readEquivalents(key, repository.branch),
      nowSeconds: () => Math.floor(this.clock.wallMs() / 1000),
      locations: (key) => parts.allocator.locations(key),
      sources: async () => [...(await this.nodes())].sort(byCost),
      keep: (key, bytes) => keepBad(key, bytes, repository),
      missing: (key, node) => this.#remember(key, node),
    });
  }

  /**
   * The gateway's own repository, and all nodes that it serves. One that is left out by
   * `remote.NAME.annex-ballast-scrub=false` is not among those to be walked through, but contents come from it.
   */
  async nodes(): Promise<readonly StorageNode[]> {
    const { topology, pool, stores, repository } = this.#parts;
    const sources = await topology.current();
    const found = new Map<Uuid, StorageNode>();
    const own = stores.ownNode();
    found.set(own.uuid, own);
    for (const remote of servedRemotes(sources)) {
      const node = await pool.node(remote, repository.config);
      if (node !== undefined && !found.has(node.uuid)) found.set(node.uuid, node);
    }
    return [...found.values()];
  }

  /** Those that are walked through by themselves: not what is there to be read only, as the web is. */
  async walked(): Promise<readonly StorageNode[]> {
    const { config } = this.#parts.repository;
    return (await this.nodes()).filter(
      ({ name, readOnly }) =>
        readOnly === undefined && config.getBoolean(`remote.${name}.annex-ballast-scrub`) !== false,
    );
  }

  /** The right to scrub, with what others have left; `undefined` when another process has it. */
  async tryTake(): Promise<FileLock | undefined> {
    const { repository } = this.#parts;
    const { disk, system, gitDirectory } = repository;
    const lock = await system.locks.tryLock(
      `${gitDirectory}/annex/ballast-scrub.lck`,
      'exclusive',
      {
        disk,
        create: true,
      },
    );
    if (lock === undefined) return undefined;
    try {
      await this.#owed.load();
      return lock;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Goes on with the walk through a node; see {@link walkNode}. Whoever calls has the right to. */
  async walk(node: StorageNode, options: WalkOptions): Promise<WalkEnd> {
    const { branch } = this.#parts.repository;
    const parts = { branch, clock: this.clock, files: this.files, mender: this.#mender };
    const told: WalkOptions['told'] = (...found) => {
      this.#count(node, found[2]);
      options.told(...found);
    };
    return await walkNode(node, parts, { ...options, told });
  }

  /** Looks once more at the copies of some nodes that were not as they should be, those of them that are due. */
  async payOwed(
    nodes: readonly StorageNode[],
    options: WalkOptions,
    isDue: (copy: OwedCopy) => boolean = () => true,
  ): Promise<void> {
    const away = new Set<Uuid>();
    for (const copy of this.owed.all()) {
      const { node: uuid, key } = copy;
      const node = nodes.find((each) => each.uuid === uuid);
      if (node === undefined || away.has(uuid) || !isDue(copy)) continue;
      const { pace, signal } = options;
      const finding = await this.#mender.look({ node, key, pace, signal });
      if (finding.kind === 'away') away.add(uuid);
      this.#count(node, finding);
      options.told(node, key, finding);
    }
  }

  /** What was read again since the start, by the name of the node. */
  counted(what: keyof ScrubCounts): ReadonlyMap<string, number> {
    return new Map([...this.#counts].map(([node, counts]) => [node, counts[what]]));
  }

  #count(node: StorageNode, finding: CopyFinding): void {
    if (finding.kind === 'away' || finding.kind === 'nothing') return;
    const before = this.#counts.get(node.name) ?? { copies: 0, bytes: 0, damaged: 0 };
    const bytes = 'bytes' in finding ? finding.bytes : 0;
    this.#counts.set(node.name, {
      copies: before.copies + 1,
      bytes: before.bytes + bytes,
      damaged: before.damaged + (finding.kind === 'damaged' ? 1 : 0),
    });
  }

  /** What is owed is remembered in any case; this is for who makes copies again by the clusters' lists. */
  async #remember(key: Key, node: StorageNode): Promise<void> {
    const { topology, missing, warn } = this.#parts;
    if (!this.#claim.isPlacing) return;
    try {
      const { clusterNodes } = await topology.current();
      const sinceSeconds = Math.floor(this.clock.wallMs() / 1000);
      const copies = [...clusterNodes].flatMap(([cluster, members]) =>
        members.includes(node.uuid)
          ? [{ key, cluster, node: node.uuid, sinceSeconds, why: 'damaged' as const }]
          : [],
      );
      if (copies.length === 0) return;
      const leave = await this.#claim.take();
      try {
        await missing.remember(copies);
      } finally {
        leave();
      }
    } catch (error) {
      if (!isErrorCode(error, 'PLACEMENT_BUSY')) warn('a missing copy is not remembered', error);
    }
  }
}
