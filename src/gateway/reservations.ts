import type { Uuid } from '../units/index.ts';

/** Room taken for one upload on the nodes that it goes to. */
export interface Reservation {
  /** Gives the room back; harmless more than once. */
  end(): void;
}

/**
 * Bytes promised to uploads under way, by node. Taken in the same synchronous turn as the decision
 * that they follow from, so that two uploads at once see each other; ended once the location log
 * counts the content, or the upload has failed.
 */
export class Reservations {
  readonly #bytes = new Map<Uuid, bigint>();
  #open = 0;

  /** How many have not ended. */
  get open(): number {
    return this.#open;
  }

  /** Takes `sizeBytes` on each node. */
  make(nodes: readonly Uuid[], sizeBytes: bigint): Reservation {
    for (const node of nodes) this.#add(node, sizeBytes);
    this.#open += 1;
    let isLive = true;
    return {
      end: () => {
        if (!isLive) return;
        isLive = false;
        this.#open -= 1;
        for (const node of nodes) this.#add(node, -sizeBytes);
      },
    };
  }

  /** Bytes reserved on a node. */
  bytesOn(node: Uuid): bigint {
    return this.#bytes.get(node) ?? 0n;
  }

  #add(node: Uuid, sizeBytes: bigint): void {
    const bytes = this.bytesOn(node) + sizeBytes;
    if (bytes === 0n) this.#bytes.delete(node);
    else this.#bytes.set(node, bytes);
  }
}
