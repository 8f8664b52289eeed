import type { Clock } from '../../clock/index.ts';
import { serializeKey } from '../../key/index.ts';
import type { IntendedAct } from './intent-text.ts';

/**
 * For how long acts have not been done by peers that may still be busy with them. The time runs only
 * while the peer answers: one that hangs goes on with what it has when it hangs no more.
 */
export class LateActs {
  readonly #lateMs: number;
  readonly #clock: Clock;
  /** When each was first found not done, by the clock's `steadyMs`. */
  readonly #sinceMs = new Map<string, number>();

  /** @param lateMs how long a peer may take for an act. */
  constructor(lateMs: number, clock: Clock) {
    this.#clock = clock;
    this.#lateMs = lateMs;
  }

  /** Whether an act that is not done by now will not be. */
  isOver(act: IntendedAct): boolean {
    const sinceMs = this.#sinceMs.get(nameOf(act));
    return sinceMs !== undefined && this.#clock.steadyMs() - sinceMs >= this.#lateMs;
  }

  /** The peer has answered, and the act was not done. */
  notDone(act: IntendedAct): void {
    const name = nameOf(act);
    if (!this.#sinceMs.has(name)) this.#sinceMs.set(name, this.#clock.steadyMs());
  }

  /** The time of an act begins anew, or is of no account any more. */
  forget(act: IntendedAct): void {
    this.#sinceMs.delete(nameOf(act));
  }

  /** Forgets all others. */
  keepOnly(acts: readonly IntendedAct[]): void {
    const names = new Set(acts.map(nameOf));
    for (const name of this.#sinceMs.keys()) if (!names.has(name)) this.#sinceMs.delete(name);
  }
}

function nameOf({ act, node, key }: IntendedAct): string {
  return `${act} ${node} ${serializeKey(key)}`;
}
