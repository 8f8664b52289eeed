import type { SimulationEvent } from '../acts/operations.ts';
import type { SimulationWindow } from '../world/window.ts';
import type { Traffic } from './traffic.ts';

/** A transfer that has begun and has not come yet. */
export interface Begun {
  readonly key: number;
  readonly from: number;
  readonly to: number;
  readonly bytes: bigint;
  /** What came on earlier tries. */
  readonly hadBytes: bigint;
  /** What the evaluator said when it began. */
  readonly why: string;
}

/** Transfers that take time; a repository has one at most under way with each remote. */
export class UnderWay {
  readonly #traffic: Traffic;
  readonly #begun = new Map<string, Begun>();

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  begins(event: SimulationEvent, begun: Begun): void {
    this.ends(event, event.ms);
    this.#begun.set(connectionOf(event), begun);
    this.#traffic.begins(begun.from, begun.to, event.ms);
  }

  /** The transfer that ended with an event, by coming or by breaking off; `undefined` when it took no time. */
  ends(event: SimulationEvent, ms: number): Begun | undefined {
    const connection = connectionOf(event);
    const begun = this.#begun.get(connection);
    if (begun === undefined) return undefined;
    this.#begun.delete(connection);
    this.#traffic.ends(begun.from, begun.to, ms);
    return begun;
  }

  /** Ends what is there by another way: a command brought it. Nothing is told when such a transfer ends. */
  endAllHeld(world: SimulationWindow, ms: number): void {
    for (const [connection, { key, from, to }] of this.#begun) {
      if (!world.isHeld(key, to)) continue;
      this.#begun.delete(connection);
      this.#traffic.ends(from, to, ms);
    }
  }
}

function connectionOf({ repository, remote }: SimulationEvent): string {
  return `${repository} ${remote ?? ''}`;
}
