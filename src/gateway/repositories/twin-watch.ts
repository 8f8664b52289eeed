import type { Uuid } from '../../units/index.ts';

/** A repository that was found, as far as one is told from another. */
export interface Found {
  readonly uuid: Uuid;
  /** Tells it from a copy, by whatever path it was found. */
  readonly identity: string;
}

/**
 * Chooses of several repositories with one UUID the one that is served. Contents must not go now to
 * one and now to another, so one that was passed over once is not served any more, whatever becomes
 * of the other; and one that is served stays, whatever is found later.
 */
export class TwinWatch {
  /** UUIDs of those that were passed over, by identity. */
  readonly #passedOver = new Map<string, Uuid>();
  /** Identities of those served, by UUID. */
  readonly #served = new Map<Uuid, string>();

  /**
   * The one to be served of all that have one UUID, each given once: the one that was served
   * before, else the first. `undefined` when all were passed over before.
   */
  choose<T extends Found>(candidates: readonly T[]): T | undefined {
    const eligible = candidates.filter(
      ({ identity, uuid }) => this.#passedOver.get(identity) !== uuid,
    );
    const before = eligible.find(({ uuid, identity }) => this.#served.get(uuid) === identity);
    const chosen = before ?? eligible[0];
    if (chosen !== undefined) this.#served.set(chosen.uuid, chosen.identity);
    for (const { identity, uuid } of candidates) {
      if (identity !== chosen?.identity) this.#passedOver.set(identity, uuid);
    }
    return chosen;
  }
}
