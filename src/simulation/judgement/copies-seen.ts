import type { CopyLookups, TrustLevel } from '../../placement/index.ts';
import type { Oddities } from '../oddities.ts';
import type { Network } from '../world/network.ts';
import type { Views } from '../world/views.ts';

/**
 * The copies of one key as a repository sees them when it is about to drop: what placement's rule for drops
 * asks (spec/sim.md section 7). Who is reached is asked, and says what it really holds; that is verified,
 * and locked in a repository on which git-annex runs.
 */
export class CopiesSeen implements CopyLookups<number> {
  readonly #views: Views;
  readonly #network: Network;
  readonly #oddities: Oddities;
  #repositories: readonly number[] = [];
  #actor = 0;
  #key = 0;
  #reached: Uint8Array = new Uint8Array();

  constructor({
    views,
    network,
    oddities,
  }: {
    readonly views: Views;
    readonly network: Network;
    readonly oddities: Oddities;
  }) {
    this.#views = views;
    this.#network = network;
    this.#oddities = oddities;
  }

  /** Turns to a key, as a repository sees it from now on. */
  of(actor: number, key: number): this {
    this.#actor = actor;
    this.#key = key;
    this.#reached = this.#network.reachedFrom(actor, !this.#oddities.noderemote);
    return this;
  }

  get repositories(): readonly number[] {
    const { count } = this.#views;
    if (this.#repositories.length !== count) {
      this.#repositories = Array.from({ length: count }, (_, repository) => repository);
    }
    return this.#repositories;
  }

  /** With git-annex's oddity nobody is believed who lacks it, not even a trusted repository. */
  holds(repository: number): boolean {
    if (!this.#views.holds(this.#actor, repository, this.#key)) return false;
    return !this.#oddities.asktrusted || this.#isThere(repository);
  }

  isLocked(repository: number): boolean {
    return this.isVerified(repository) && !this.#network.repository(repository).isSpecialRemote;
  }

  isVerified(repository: number): boolean {
    return this.#reached[repository] === 1 && this.#isThere(repository);
  }

  trust(repository: number): TrustLevel {
    return this.#network.repository(repository).trust;
  }

  /** Cluster nodes are further names of repositories, and a cluster itself has no number. */
  isCluster(): boolean {
    return false;
  }

  #isThere(repository: number): boolean {
    return this.#views.holds(repository, repository, this.#key);
  }
}
