import { join } from 'node:path';
import {
  annexModes,
  LiveConfiguration,
  recordLocation,
  type FoundSetting,
  type Repository,
  type RepositorySizes,
  type System,
} from '../../repository/index.ts';
import { intentNotice } from '../intents/intent-notice.ts';
import { tellWrongSizes } from '../notices/wrong-sizes.ts';
import { GitSettings } from '../topology/git-settings.ts';
import { ExportedTrees, Exports } from '../exports/index.ts';
import { IntentBook, settlingFor, type Settling } from '../intents/index.ts';
import { OpenAnnex, readEquivalents } from '../../annex/index.ts';
import { defaultLimits, type GatewayLimits } from '../limits.ts';
import { Approvals } from '../../nodes/index.ts';
import type { LiveTopology } from '../topology/live-topology.ts';
import { toldTopology } from './told-topology.ts';
import { LockTable } from '../stores/lock-table.ts';
import { MissingCopies } from '../missing/index.ts';
import { NodePool } from '../nodes/node-pool.ts';
import type { NodePoolOptions, Nodes } from '../nodes/node-pool-options.ts';
import { NodeWork } from '../nodes/node-work.ts';
import type { Notice, Notices } from '../notices/notices.ts';
import { PartialSweep } from './partial-sweep.ts';
import { PlacementClaim } from '../placing/placement-claim.ts';
import { Allocator } from '../placing/allocator.ts';
import { Keeper, Repair, type KeeperSettings } from '../repair/index.ts';
import { Scrubbing, ScrubSchedule } from '../scrub/index.ts';
import { ServedStores } from '../stores/served-stores.ts';
import { settingNotices } from '../notices/setting-notices.ts';
import { placementNotice } from '../notices/placement-notice.ts';
import type { Warn } from '../notices/warn.ts';
import type { Uuid } from '../../units/index.ts';
import type { GatewayOptions } from './gateway-options.ts';

/** What is there before the parts of a gateway are. */
export interface GatewayFoundation {
  readonly repository: Repository;
  readonly sizes: RepositorySizes;
  readonly notices: Notices;
}

/** What a gateway is made of, each knowing those of the others that it needs. */
export class GatewayParts {
  readonly options: GatewayOptions;
  readonly limits: GatewayLimits;
  readonly warn: Warn;
  readonly notices: Notices;
  readonly repository: Repository;
  readonly system: System;
  readonly locks: LockTable;
  readonly settings: GitSettings;
  readonly topology: LiveTopology;
  /** The right to decide where uploads to clusters go. */
  readonly claim: PlacementClaim;
  readonly pool: Nodes;
  /** What is under way at nodes, noted for who comes after a crash. */
  readonly intents: IntentBook;
  /** Looks at what was under way when a process ended. */
  readonly settling: Settling;
  readonly work: NodeWork;
  readonly sweep: PartialSweep;
  readonly allocator: Allocator;
  readonly missing: MissingCopies;
  readonly stores: ServedStores;
  /** The trees that were exported to special remotes. */
  readonly exported: ExportedTrees;
  readonly exports: Exports;
  /** Makes and drops copies, so that clusters keep what they want. */
  readonly repair: Repair;
  readonly keeper: Keeper;
  /** Contents that are read again. */
  readonly scrubbing: Scrubbing;
  readonly scrubSchedule: ScrubSchedule | undefined;
  readonly #tellSettings: (now: readonly Notice[]) => void;
  /** Nodes that could not be closed. */
  #left: readonly string[] = [];

  constructor(foundation: GatewayFoundation, options: GatewayOptions) {
    const { repository, notices } = foundation;
    this.options = options;
    this.limits = { ...defaultLimits, ...options.limits };
    this.warn = options.warn;
    this.notices = notices;
    this.repository = repository;
    const { system } = repository;
    this.system = system;
    this.#tellSettings = notices.source();
    this.locks = new LockTable(this.limits, {
      clock: system.clock,
      onProblem: (error) => options.warn('a content lock did not end well', error),
      allowance: options.lockAllowance,
    });
    this.settings = new GitSettings(repository.configWatch);
    const { gitDirectory, disk, branch, config } = repository;
    const approvals = new Approvals({ gitDirectory, disk, system });
    const live = new LiveConfiguration(branch, config, {
      version: () => approvals.version(),
      read: () => approvals.read(),
    });
    const told = { notices, live, approvals, warn: options.warn };
    this.topology = toldTopology(repository, this.settings, told);
    this.claim = new PlacementClaim({
      path: join(repository.gitDirectory, 'annex', 'ballast.lck'),
      disk: repository.disk,
      system,
      hold: options.placement ?? 'lasting',
      waitMs: this.limits.placementWaitMs,
    });
    this.exported = new ExportedTrees(repository.branch);
    this.pool = this.#makePool();
    this.settling = this.#makeSettling();
    this.intents = new IntentBook({
      annexDirectory: join(repository.gitDirectory, 'annex'),
      disk: repository.disk,
      system,
      modes: annexModes(repository.config.get('core.sharedrepository'), process.umask()),
      doubted: (intent) => this.settling.doubt(intent),
      written: intentNotice(this.notices),
    });
    this.work = this.#makeWork();
    this.sweep = new PartialSweep({
      repositories: async () => [repository, ...(await this.pool.opened())],
      limits: this.limits,
      clock: system.clock,
      warn: options.warn,
    });
    this.allocator = this.#makeAllocator(foundation.sizes, live);
    this.missing = this.#makeMissing();
    this.stores = new ServedStores(this);
    this.exports = this.#makeExports(foundation.sizes, live);
    this.repair = this.#makeRepair(live);
    this.keeper = new Keeper(
      {
        repair: this.repair,
        clock: system.clock,
        missing: this.missing,
        configuration: () => live.current(),
        claim: () => this.claim.tryTake(),
        notices,
        warn: options.warn,
      },
      options.repair ?? keptByNobody,
    );
    const isPlacing = options.placement !== 'brief';
    this.scrubbing = new Scrubbing(this, { isPlacing, take: () => this.#takeClaim() });
    const sizeBytes = (node: Uuid): number => Number(foundation.sizes.sizeBytes(node, true));
    const { scrubbing, warn } = this;
    this.scrubSchedule =
      options.scrub && new ScrubSchedule({ scrubbing, notices, warn, sizeBytes }, options.scrub);
  }

  /** Settings may come while the repository is served, and go. @throws RefusedSettingError. */
  async assertSettings(): Promise<void> {
    const { settings } = this.repository;
    this.#tellSettings(settingNotices(await settings.current()));
    await settings.assertNoneRefused();
  }

  /** The names of the nodes that hang, as far as is known. */
  get hungNodes(): readonly string[] {
    return [...new Set([...this.#left, ...this.work.watch.hungNames()])];
  }

  /** Ends all of it; what is known is then committed. */
  async close(): Promise<void> {
    this.sweep.close();
    try {
      await this.keeper.close();
      await this.scrubSchedule?.close();
      this.work.watch.close();
      await this.exports.close(this.options.placement === 'brief');
      await this.missing.close();
      await this.locks.close();
      await this.settling.close();
      await this.intents.close();
      this.#left = await this.pool.close((node) => this.work.watch.isHung(node));
    } finally {
      await this.repository.close();
      this.claim.release();
    }
  }

  /** Other processes that placed something may have ended since this one looked. */
  async #takeClaim(): Promise<() => void> {
    const leave = await this.claim.take();
    this.notices.clear(placementNotice);
    if (this.options.placement === 'brief') await this.settling.look();
    return leave;
  }

  #makePool(): Nodes {
    const { notices, repository, limits, options } = this;
    const pool: NodePoolOptions = {
      directory: repository.branch.directory,
      specials: {
        found: async (remote) => (await this.topology.current()).specials.get(remote),
        annexDirectory: join(repository.gitDirectory, 'annex'),
        branch: repository.branch,
        exportPlaces: (remote) => this.exported.placesOn(remote),
        reserveBytes: repository.diskReserveBytes,
        isClearing: options.placement !== 'brief',
      },
      system: this.system,
      answerMs: limits.nodeAnswerMs,
      lockRenewMs: limits.lockRenewMs,
      peerLimits: options.peerLimits ?? {},
      onProblem: (error) => options.warn('a node has trouble', error),
      onWrongSizes: (node, found) => tellWrongSizes(notices, node, found),
      notices,
      tell: notices.sources((node, found: readonly FoundSetting[]) => settingNotices(found, node)),
    };
    return options.nodes?.(pool) ?? new NodePool(pool);
  }

  #makeSettling(): Settling {
    return settlingFor(this.repository, {
      ownNode: () => this.stores.ownNode(),
      remotes: async () => {
        await this.settings.refresh();
        return this.settings.remotes();
      },
      node: (remote) => this.pool.node(remote, this.repository.config),
      settle: (node, key, pending) => this.work.settle(node, key, pending),
      lateMs: this.limits.nodeCommitMs,
      reserve: (node, key) => this.allocator.reserve([node], key),
      notices: this.notices,
      warn: this.warn,
    });
  }

  #makeWork(): NodeWork {
    const { branch } = this.repository;
    return new NodeWork({
      limits: this.limits,
      clock: this.system.clock,
      intents: this.intents,
      record: async (change) => {
        await recordLocation(this.repository, change);
        this.missing.changed();
        this.exports.changed(change);
      },
      equivalents: (key) => readEquivalents(key, branch),
      warn: this.warn,
      notices: this.notices,
    });
  }

  #makeAllocator(sizes: RepositorySizes, live: LiveConfiguration): Allocator {
    return new Allocator({
      branch: this.repository.branch,
      sizes,
      configuration: async () => {
        await this.settings.refresh();
        return await live.current();
      },
      claim: () => this.#takeClaim(),
    });
  }

  #makeExports(sizes: RepositorySizes, live: LiveConfiguration): Exports {
    const { repository, exported, pool, work, notices, warn } = this;
    return new Exports({
      repository,
      branch: repository.branch,
      exported,
      pool,
      work,
      notices,
      warn,
      sizes,
      configuration: () => live.current(),
      refreshed: () => this.settings.refresh(),
      topology: () => this.topology.current(),
      ownNode: () => this.stores.ownNode(),
      locations: (key) => this.allocator.locations(key),
    });
  }

  #makeRepair(live: LiveConfiguration): Repair {
    const { work, allocator, stores, repository, system } = this;
    return new Repair({
      work,
      allocator,
      stores,
      clock: system.clock,
      topology: () => this.topology.current(),
      configuration: () => live.current(),
      openAnnex: () => OpenAnnex.open(repository.branch.directory),
    });
  }

  #makeMissing(): MissingCopies {
    const { repository } = this;
    return new MissingCopies({
      gitDirectory: repository.gitDirectory,
      disk: repository.disk,
      clock: this.system.clock,
      sharedRepository: repository.config.get('core.sharedrepository'),
      locations: (key) => this.allocator.locations(key),
      clusters: () => this.topology.current(),
      claim: () => this.#takeClaim(),
      notices: this.notices,
      warn: this.warn,
    });
  }
}

/** What is not asked to look after clusters does not. */
const keptByNobody: KeeperSettings = { mode: 'off', bytesPerS: undefined, everyMs: 0 };
