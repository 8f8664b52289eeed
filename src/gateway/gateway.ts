import type { Clock } from '../clock/index.ts';
import type { Refs } from '../repository/index.ts';
import { within } from '../waiting/index.ts';
import { isClusterUuid, type Uuid } from '../units/index.ts';
import type { GatewayLimits } from './limits.ts';
import type { LockTable } from './stores/lock-table.ts';
import type { MissingCopies } from './missing/index.ts';
import type { Notices } from './notices/notices.ts';
import {
  gatewayUnusable,
  openParts,
  type GatewayOptions,
  type GatewayParts,
} from './opening/index.ts';
import type { KeeperState, Repair } from './repair/index.ts';
import { appendFilter, Push, type Pusher } from './pushes/index.ts';
import type { Scrubbing } from './scrub/index.ts';
import type { ServedStore } from './stores/served-store.ts';
import { findProxied } from './topology/topology.ts';
import { tellOfPushes } from './pushes/clear-pushes.ts';
import type { Warn } from './notices/warn.ts';

export { type GatewayOptions } from './opening/index.ts';

/**
 * A repository served live, with the nodes and clusters that it is the gateway to. Knows what its
 * git-annex branch and git config say at each request, whoever changed them.
 */
export class Gateway {
  readonly limits: GatewayLimits;
  /** By which all that waits here has its end. */
  readonly clock: Clock;
  readonly locks: LockTable;
  readonly warn: Warn;
  /** What lasts of trouble. */
  readonly notices: Notices;
  /** The copies that acknowledged uploads to clusters should have made and have not. */
  readonly missing: MissingCopies;
  /** Has clusters keep what they want. */
  readonly repair: Repair;
  readonly #parts: GatewayParts;

  private constructor(parts: GatewayParts) {
    this.limits = parts.limits;
    this.clock = parts.system.clock;
    this.locks = parts.locks;
    this.warn = parts.warn;
    this.notices = parts.notices;
    this.missing = parts.missing;
    this.repair = parts.repair;
    this.#parts = parts;
  }

  /**
   * Opens a repository to be served. What a server that was killed left in the journal is committed.
   * Trouble with its branch or its disk is told, and what does not need them is served.
   *
   * @throws GATEWAY_UNUSABLE when another ballast serves it; REPOSITORY_UNUSABLE.
   */
  static async open(directory: string, options: GatewayOptions): Promise<Gateway> {
    return new Gateway(await openParts(directory, options));
  }

  get uuid(): Uuid {
    return this.#parts.repository.uuid;
  }

  get gitDirectory(): string {
    return this.#parts.repository.gitDirectory;
  }

  get refs(): Refs {
    return this.#parts.repository.branch.refs;
  }

  /**
   * Says that this process has nothing to do but for this repository, so that waiting for its disk
   * needs no other thread.
   */
  async declareVital(): Promise<void> {
    try {
      await this.#parts.system.disks.declareVital(this.gitDirectory);
    } catch (error) {
      this.warn('the disk of the repository cannot be looked at', error);
    }
  }

  /** Whether the directory that was opened is still the one at its path. */
  isInPlace(): Promise<boolean> {
    return this.#parts.repository.isInPlace();
  }

  /** Uploads that room on nodes is reserved for. */
  get openReservations(): number {
    return this.#parts.allocator.openReservations;
  }

  /** What is known of what clusters lack. */
  get keeping(): KeeperState {
    return this.#parts.keeper.state;
  }

  /** How often nodes failed since the start, by name. */
  get nodeFailures(): ReadonlyMap<string, number> {
    return this.#parts.work.failures.counts;
  }

  /** Reading contents again, and what came of it. */
  get scrubbing(): Scrubbing {
    return this.#parts.scrubbing;
  }

  /** The names of the nodes that hang, as far as is known; also after the end of serving. */
  get hungNodes(): readonly string[] {
    return this.#parts.hungNodes;
  }

  /**
   * Reads the repository as every request does.
   *
   * @throws when its directory is not there, is another one, or its branch cannot be read.
   */
  async assertReadable(): Promise<void> {
    if (!(await this.#parts.repository.isInPlace())) {
      throw gatewayUnusable(`${this.gitDirectory} is gone, or another is in its place.`);
    }
    await this.#parts.topology.current();
    await this.#parts.assertSettings();
  }

  /** annex.url as an administrator has set it. */
  async annexUrl(): Promise<string | undefined> {
    await this.#parts.settings.refresh();
    return this.#parts.repository.config.get('annex.url');
  }

  /** Whether a UUID is served here at all, if perhaps not configured to be. */
  async serves(uuid: Uuid): Promise<boolean> {
    return uuid === this.uuid || (await this.#parts.topology.current()).proxied.has(uuid);
  }

  /**
   * What stands behind a UUID; `undefined` when it is not served here.
   *
   * @param bypass gateways that nothing may be asked of on the way, as the client names them; those
   * that the git-annex branch does not know are nothing to bypass.
   * @throws NOT_CONFIGURED when the branch has it served and the git config does not;
   * RefusedSettingError when the repository has got a setting with which it is not served.
   */
  async store(uuid: Uuid, bypass: readonly string[] = []): Promise<ServedStore | undefined> {
    this.#parts.keeper.asked();
    await this.#parts.assertSettings();
    if (uuid === this.uuid) return this.#parts.stores.own();
    const sources = await this.#parts.topology.current();
    const proxied = findProxied(uuid, sources);
    if (proxied === undefined) return undefined;
    const others = [...sources.gateways].filter((gateway) => gateway !== this.uuid);
    return await this.#parts.stores.behind(
      proxied,
      others.filter((gateway) => bypass.includes(gateway)),
    );
  }

  /** Makes ready for a push to the repository, through which it has to go. Close it. */
  async push(pusher: Pusher): Promise<Push> {
    await this.#parts.settings.refresh();
    const isTrusting = this.#parts.repository.config.get('annex.ballast.appendonly') === 'trusting';
    const filter =
      pusher.mayOverrule || isTrusting
        ? undefined
        : appendFilter({ served: await this.#served(), nowMs: this.clock.wallMs() });
    return await Push.open({
      disk: this.#parts.repository.disk,
      system: this.#parts.system,
      branch: this.#parts.repository.branch,
      pusher,
      filter,
      mergeMs: this.limits.pushMergeMs,
      warn: this.warn,
      cleared: (failure) => tellOfPushes(this.notices, failure),
      note: this.#parts.options.notePush,
      exports: this.#parts.exports,
    });
  }

  /** All of which this gateway says itself what they hold. */
  async #served(): Promise<ReadonlySet<Uuid>> {
    const { proxied, clusterNodes } = await this.#parts.topology.current();
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
    const { clock } = this;
    const error = (): Error => new Error(`the git-annex branch was busy for ${limitMs} ms`);
    try {
      await within(this.#parts.repository.branch.merge(), { clock, limitMs, error });
    } catch (failure) {
      this.warn('a push is not merged yet', failure);
    }
  }

  /** Ends serving; everything known is then committed. */
  close(): Promise<void> {
    return this.#parts.close();
  }
}
