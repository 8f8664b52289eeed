import type { Uuid } from '../../units/index.ts';

/** Room taken for one upload on the nodes that it goes to. */
export interface Reservation {
  /** The upload is over; harmless more than once. The room is given back by who counts it. */
  end(): void;
}

/** Room of uploads that are over, by node. */
export type EndedRoom = ReadonlyMap<Uuid, bigint>;

/**
 * Bytes promised to uploads under way, by node. Taken in the same synchronous turn as the decision
 * that they follow from, so that two uploads at once see each other. What is over stays reserved
 * until whoever decides next has looked at the location logs: 1. `takeEnded`, 2. count the logs,
 * 3. `giveBack`. So uploads that nobody decides about cost no counting.
 */
export class Reservations {
  /** All that is reserved, what is over included. */
  readonly #bytes = new Map<Uuid, bigint>();
  #ended = new Map<Uuid, bigint>();
  #open = 0;

  /** How many have not ended. */
  get open(): number {
    return this.#open;
  }

  /** Takes `sizeBytes` on each node. */
  make(nodes: readonly Uuid[], sizeBytes: bigint): Reservation {
    for (const node of nodes) add(this.#bytes, node, sizeBytes);
    this.#open += 1;
    let isLive = true;
    return {
      end: () => {
        if (!isLive) return;
        isLive = false;
        this.#open -= 1;
        for (const node of nodes) add(this.#ended, node, sizeBytes);
      },
    };
  }

  /** Bytes reserved on a node. */
  bytesOn(node: Uuid): bigint {
    return this.#bytes.get(node) ?? 0n;
  }

  /** The room of uploads that are over by now, each taken once. It stays reserved. */
  takeEnded(): EndedRoom {
    const ended = this.#ended;
    this.#ended = new Map();
    return ended;
  }

  /** Ends the reservation of room that was taken: the location logs have been counted since. */
  giveBack(room: EndedRoom): void {
    for (const [node, bytes] of room) add(this.#bytes, node, -bytes);
  }

  /** Leaves room that was taken to the next who counts: this one could not. */
  putBack(room: EndedRoom): void {
    for (const [node, bytes] of room) add(this.#ended, node, bytes);
  }
}

function add(bytes: Map<Uuid, bigint>, node: Uuid, more: bigint): void {
  const sum = (bytes.get(node) ?? 0n) + more;
  if (sum === 0n) bytes.delete(node);
  else bytes.set(node, sum);
}
