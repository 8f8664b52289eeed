import { join } from 'node:path';
import { loadNativeHasher, type PeerLimits } from '../nodes/index.ts';
import {
  systemDisks,
  type Disks,
  type FoundSetting,
  isLoggable,
  LiveConfiguration,
  locationLogPath,
  Repository,
  RepositorySizes,
  setPresence,
  stampOf,
  unhonouredOfRemote,
  within,
} from '../repository/index.ts';
import { isClusterUuid, type Uuid } from '../units/index.ts';
import { tellWrongSizes } from './contents/index.ts';
import { readEquivalents } from './key-facts.ts';
import { GitSettings } from './git-settings.ts';
import { defaultLimits, type GatewayLimits } from './limits.ts';
import { LiveTopology } from './live-topology.ts';
import { LockTable, type LockAllowance } from './lock-table.ts';
import { MissingCopies } from './missing/index.ts';
import {
  appendFilter,
  clearQuarantine,
  Push,
  repositoryTroubles,
  type NotePush,
  type Pusher,
} from './pushes/index.ts';
import { NodePool } from './node-pool.ts';
import { NodeWork, type LocationChange, type Warn } from './node-work.ts';
import { Notices, type Notice } from './notices.ts';
import { PartialSweep } from './partial-sweep.ts';
import { PlacementClaim } from './placement-claim.ts';
import { PlacementDesk } from './placement-desk.ts';
import type { ServedStore } from './served-store.ts';
import { ServedStores } from './served-stores.ts';
import { beyondNotices } from './told/beyond-notices.ts';
import { settingNotices } from './told/setting-notices.ts';
import { findProxied, servedClusters, servedRemotes } from './topology.ts';

/** A gateway that cannot be opened; the message says what to do. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
}

export interface GatewayOptions {
  /** What calls to the disks of all repositories go through. Default: those of this process. */
  readonly disks?: Disks | undefined;
  readonly limits?: Partial<GatewayLimits>;
  /** Limits of the connections to remote nodes. */
  readonly peerLimits?: Partial<PeerLimits>;
  /** Shared by repositories that are served together. Default: one of its own. */
  readonly lockAllowance?: LockAllowance | undefined;
  readonly warn: Warn;
  /** Told of each push. Default: nobody is. */
  readonly notePush?: NotePush | undefined;
  /**
   * `lasting`: this process places all uploads to the gateway's clusters until it ends, and is not
   * opened beside another that does. `brief`: it takes turns with others of its kind, and sums up
   * what repositories hold only when it places something. Default: `lasting`.
   */
  readonly placement?: 'lasting' | 'brief';
}

/**
 * A repository served live, with the nodes and clusters that it is the gateway to. Knows what its
 * git-annex branch and git config say at each request, whoever changed them.
 */
export class Gateway {
  readonly limits: GatewayLimits;
  readonly locks: LockTable;
  readonly warn: Warn;
  /** What lasts of trouble. */
  readonly notices: Notices;
  /** The copies that acknowledged uploads to clusters should have made and have not. */
  readonly missing: MissingCopies;
  readonly #repository: Repository;
  readonly #disks: Disks;
  readonly #pool: NodePool;
  readonly #work: NodeWork;
  readonly #desk: PlacementDesk;
  readonly #sweep: PartialSweep;
  /** The right to decide where uploads to clusters go. */
  readonly #claim: PlacementClaim;
  readonly #settings: GitSettings;
  readonly #topology: LiveTopology;
  readonly #stores: ServedStores;
  readonly #notePush: NotePush | undefined;
  readonly #tellSettings: (now: readonly Notice[]) => void;

  private constructor(
    parts: { repository: Repository; sizes: RepositorySizes; notices: Notices },
    options: GatewayOptions,
  ) {
    const { repository, sizes } = parts;
    this.limits = { ...defaultLimits, ...options.limits };
    this.warn = options.warn;
    this.#notePush = options.notePush;
    this.notices = parts.notices;
    this.locks = new LockTable(
      this.limits,
      (error) => options.warn('a content lock did not end well', error),
      options.lockAllowance,
    );
    this.#repository = repository;
    this.#disks = options.disks ?? systemDisks;
    this.#settings = new GitSettings(repository.config, repository.gitDirectory, repository.disk);
    this.#tellSettings = this.notices.source();
    const tellTopology = this.notices.source();
    this.#topology = new LiveTopology(repository, this.#settings, (sources) => {
      const settings = servedRemotes(sources).flatMap((remote) =>
        unhonouredOfRemote(remote, sources.config),
      );
      tellTopology([...beyondNotices(servedClusters(sources)), ...settingNotices(settings)]);
    });
    this.#claim = new PlacementClaim({
      path: join(repository.gitDirectory, 'annex', 'ballast.lck'),
      disk: repository.disk,
      hold: options.placement ?? 'lasting',
      waitMs: this.limits.placementWaitMs,
    });
    const live = new LiveConfiguration(repository.branch, repository.config);
    this.#pool = new NodePool({
      directory: repository.branch.directory,
      disks: this.#disks,
      answerMs: this.limits.nodeAnswerMs,
      lockRenewMs: this.limits.lockRenewMs,
      peerLimits: options.peerLimits ?? {},
      onProblem: (error) => options.warn('a node has trouble', error),
      onWrongSizes: (node, found) => tellWrongSizes(this.notices, node, found),
      notices: this.notices,
      tell: this.notices.sources((node, found: readonly FoundSetting[]) =>
        settingNotices(found, node),
      ),
    });
    this.#work = new NodeWork({
      limits: this.limits,
      record: (change) => this.#record(change),
      equivalents: (key) => readEquivalents(key, repository.branch),
      warn: options.warn,
      notices: this.notices,
    });
    this.#sweep = new PartialSweep({
      repositories: async () => [repository, ...(await this.#pool.opened())],
      limits: this.limits,
      warn: options.warn,
    });
    this.#desk = new PlacementDesk({
      branch: repository.branch,
      sizes,
      configuration: async () => {
        await this.#settings.refresh();
        return await live.current();
      },
      claim: () => this.#claim.take(),
    });
    this.missing = new MissingCopies({
      gitDirectory: repository.gitDirectory,
      disk: repository.disk,
      sharedRepository: repository.config.get('core.sharedrepository'),
      locations: (key) => this.#desk.locations(key),
      clusters: () => this.#topology.current(),
      claim: () => this.#claim.take(),
      notices: this.notices,
      warn: options.warn,
    });
    this.#stores = new ServedStores({
      repository,
      pool: this.#pool,
      work: this.#work,
      desk: this.#desk,
      missing: this.missing,
    });
  }

  /**
   * Opens a repository to be served. What a server that was killed left in the journal is committed.
   *
   * @throws GatewayError when another ballast serves it; RepositoryError.
   */
  static async open(directory: string, options: GatewayOptions): Promise<Gateway> {
    const notices = new Notices(options.warn);
    const repository = await Repository.open(directory, {
      disks: options.disks,
      onWrongSizes: (found) => tellWrongSizes(notices, 'the repository', found),
      ...repositoryTroubles(notices, options.warn),
      lockRenewMs: options.limits?.lockRenewMs ?? defaultLimits.lockRenewMs,
      loadHasher: loadNativeHasher,
    });
    try {
      await clearQuarantine(repository.gitDirectory, repository.disk);
      await repository.branch.merge();
      await repository.branch.flush();
      if (options.placement === 'brief') {
        const sizes = RepositorySizes.unread(repository.branch);
        return new Gateway({ repository, sizes, notices }, options);
      }
      const sizes = await RepositorySizes.open(repository.branch);
      const gateway = new Gateway({ repository, sizes, notices }, options);
      await gateway.#assertSettings();
      const sources = await gateway.#topology.current();
      void gateway.#pool.tellSettings(servedRemotes(sources), repository.config);
      const { proxied } = sources;
      if ([...proxied.keys()].some((uuid) => isClusterUuid(uuid))) {
        await gateway.#claimPlacement();
      }
      void gateway.missing.look();
      return gateway;
    } catch (error) {
      await repository.close();
      throw error;
    }
  }

  get uuid(): Uuid {
    return this.#repository.uuid;
  }

  get gitDirectory(): string {
    return this.#repository.gitDirectory;
  }

  /**
   * Says that this process has nothing to do but for this repository, so that waiting for its disk
   * needs no other thread.
   */
  async declareVital(): Promise<void> {
    try {
      await this.#disks.declareVital(this.gitDirectory);
    } catch (error) {
      this.warn('the disk of the repository cannot be looked at', error);
    }
  }

  /** Whether the directory that was opened is still the one at its path. */
  isInPlace(): Promise<boolean> {
    return this.#repository.isInPlace();
  }

  /** Uploads that room on nodes is reserved for. */
  get openReservations(): number {
    return this.#desk.openReservations;
  }

  /** How often nodes failed since the start, by name. */
  get nodeFailures(): ReadonlyMap<string, number> {
    return this.#work.failures.counts;
  }

  /**
   * Reads the repository as every request does.
   *
   * @throws when its directory is not there, is another one, or its branch cannot be read.
   */
  async assertReadable(): Promise<void> {
    if (!(await this.#repository.isInPlace())) {
      throw new GatewayError(`${this.gitDirectory} is gone, or another is in its place.`);
    }
    await this.#topology.current();
    await this.#assertSettings();
  }

  /** annex.url as an administrator has set it. */
  async annexUrl(): Promise<string | undefined> {
    await this.#settings.refresh();
    return this.#repository.config.get('annex.url');
  }

  /** Whether a UUID is served here at all, if perhaps not configured to be. */
  async serves(uuid: Uuid): Promise<boolean> {
    return uuid === this.uuid || (await this.#topology.current()).proxied.has(uuid);
  }

  /**
   * What stands behind a UUID; `undefined` when it is not served here.
   *
   * @param bypass gateways that nothing may be asked of on the way, as the client names them; those
   * that the git-annex branch does not know are nothing to bypass.
   * @throws NotConfiguredError when the branch has it served and the git config does not;
   * RefusedSettingError when the repository has got a setting with which it is not served.
   */
  async store(uuid: Uuid, bypass: readonly string[] = []): Promise<ServedStore | undefined> {
    await this.#assertSettings();
    if (uuid === this.uuid) return this.#stores.own();
    const sources = await this.#topology.current();
    const proxied = findProxied(uuid, sources);
    if (proxied === undefined) return undefined;
    const others = [...sources.gateways].filter((gateway) => gateway !== this.uuid);
    return await this.#stores.behind(
      proxied,
      others.filter((gateway) => bypass.includes(gateway)),
    );
  }

  /** Makes ready for a push to the repository, through which it has to go. Close it. */
  async push(pusher: Pusher): Promise<Push> {
    await this.#settings.refresh();
    const isTrusting = this.#repository.config.get('annex.ballast.appendonly') === 'trusting';
    const filter =
      pusher.mayOverrule || isTrusting
        ? undefined
        : appendFilter({ served: await this.#served(), nowMs: Date.now() });
    return await Push.open({
      disk: this.#repository.disk,
      branch: this.#repository.branch,
      pusher,
      filter,
      mergeMs: this.limits.pushMergeMs,
      warn: this.warn,
      note: this.#notePush,
    });
  }

  /** All of which this gateway says itself what they hold. */
  async #served(): Promise<ReadonlySet<Uuid>> {
    const { proxied, clusterNodes } = await this.#topology.current();
    const clusters = [...proxied.keys()].filter((uuid) => isClusterUuid(uuid));
    const nodes = clusters.flatMap((cluster) => clusterNodes.get(cluster) ?? []);
    return new Set([this.uuid, ...proxied.keys(), ...nodes]);
  }

  /**
   * Takes up what a push has brought to the git-annex branch, from refs of other clones too. What
   * cannot be merged now is merged later: the push itself has succeeded.
   */
  async pushed(): Promise<void> {
    const limitMs = this.limits.nodeAnswerMs;
    const error = (): Error => new Error(`the git-annex branch was busy for ${limitMs} ms`);
    try {
      await within(this.#repository.branch.merge(), { limitMs, error });
    } catch (failure) {
      this.warn('a push is not merged yet', failure);
    }
  }

  /** Ends serving; everything known is then committed. */
  async close(): Promise<void> {
    this.#sweep.close();
    this.#work.watch.close();
    try {
      await this.missing.close();
      await this.locks.close();
      await this.#pool.close();
    } finally {
      await this.#repository.close();
      this.#claim.release();
    }
  }

  /** Settings may come while the repository is served, and go. */
  async #assertSettings(): Promise<void> {
    const { settings } = this.#repository;
    this.#tellSettings(settingNotices(await settings.current()));
    await settings.assertNoneRefused();
  }

  async #record(change: LocationChange): Promise<void> {
    const { key, repository: uuid, isPresent } = change;
    // What can have no log was never anywhere, so that its absence need not be told.
    if (!isPresent && !isLoggable(key)) return;
    const now = stampOf(Date.now());
    await this.#repository.branch.change([
      { path: locationLogPath(key), edit: (log) => setPresence(log, { uuid, isPresent, now }) },
    ]);
    this.missing.changed();
  }

  /**
   * Room on nodes is reserved in memory, so one process decides for all clusters of a gateway.
   *
   * @throws GatewayError when another one does.
   */
  async #claimPlacement(): Promise<void> {
    if (await this.#claim.tryTake()) return;
    throw new GatewayError(
      `another ballast already serves the clusters of ${this.gitDirectory}; end that one first.`,
    );
  }
}
