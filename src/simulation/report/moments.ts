import type { RecordedMoment } from './recording.ts';

/** Moments of a run, thinned out evenly as they become many: what is kept has a bound. */
export class Moments {
  readonly #max: number;
  #kept: RecordedMoment[] = [];
  #every = 1;

  /** @param max how many are kept at most; at least half as many are, if there were so many. */
  constructor(max: number) {
    this.#max = Math.max(2, max);
  }

  /** Every so manieth action is kept. */
  get every(): number {
    return this.#every;
  }

  /** Whether the moment after so many actions would be kept. */
  takes(action: number): boolean {
    return action % this.#every === 0;
  }

  /** Keeps a moment, if it is one of those that are. */
  add(moment: RecordedMoment): void {
    if (!this.takes(moment.action)) return;
    this.#kept.push(moment);
    while (this.#kept.length > this.#max && this.#every < moment.action) {
      this.#every *= 2;
      this.#kept = this.#kept.filter(({ action }) => this.takes(action));
    }
    // Many commands without an action between them: only how they left it counts.
    if (this.#kept.length > this.#max) this.#kept = onePerAction(this.#kept);
  }

  /** All that were kept. */
  get all(): readonly RecordedMoment[] {
    return this.#kept;
  }
}

function onePerAction(moments: readonly RecordedMoment[]): RecordedMoment[] {
  const [first] = moments;
  return moments.filter(
    (moment, index) =>
      moment === first || moment.move !== undefined || moments[index + 1]?.action !== moment.action,
  );
}
