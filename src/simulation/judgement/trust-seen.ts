import type { TrustLevel } from '../../placement/index.ts';
import type { Network } from '../world/network.ts';

/**
 * The trust levels that expressions see in git-annex's simulator (spec/sim.md section 12.6). A repository
 * comes into being when the first attempt is run; it then sees the levels of that moment. Of what changes
 * later, the level before is written, not the new one.
 */
export class TrustSeen {
  readonly #network: Network;
  /** By repository that sees: by repository that is seen. */
  readonly #written: (TrustLevel[] | undefined)[] = [];
  /** The levels when the last attempt was run. */
  #last: readonly TrustLevel[] = [];
  #changesSeen = -1;

  constructor(network: Network) {
    this.#network = network;
  }

  /** To be called before each attempt that is run, and at the end of a run of the program. */
  update(): boolean {
    const { repositories, changes } = this.#network;
    if (changes === this.#changesSeen) return false;
    this.#changesSeen = changes;
    const current = repositories.map(({ trust }) => trust);
    for (let here = 0; here < repositories.length; here += 1) {
      const written = this.#written[here];
      if (written === undefined) this.#written[here] = [...current];
      else this.#writeChanges(written, current);
    }
    this.#last = current;
    return true;
  }

  #writeChanges(written: TrustLevel[], current: readonly TrustLevel[]): void {
    for (const [repository, level] of current.entries()) {
      const last = this.#last[repository];
      if (last === undefined) written[repository] = level;
      else if (last !== level) written[repository] = last;
    }
  }

  /** The level of a repository as another one sees it. */
  level(here: number, repository: number): TrustLevel {
    const written = this.#written[here]?.[repository];
    return written ?? this.#network.repository(repository).trust;
  }

  save(): SavedTrustSeen {
    return {
      written: this.#network.repositories.map((_, here) => this.#written[here]),
      last: [...this.#last],
    };
  }

  restore({ written, last }: SavedTrustSeen): void {
    for (const [here, levels] of written.entries()) {
      if (levels !== undefined) this.#written[here] = [...levels];
    }
    this.#last = last;
  }
}

/** What is kept of {@link TrustSeen}. */
export interface SavedTrustSeen {
  /** `undefined` for a repository that has not come into being yet. */
  readonly written: readonly (readonly TrustLevel[] | undefined)[];
  readonly last: readonly TrustLevel[];
}
