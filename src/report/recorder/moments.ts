import type { RecordedMoment } from '../recording.ts';

/** Moments of a run, thinned out evenly as they become many: what is kept has a bound. */
export class Moments {
  readonly #max: number;
  #kept: RecordedMoment[] = [];
  #every = 1;

  /** @param max how many are kept at most; at least half as many are, if there were so many. */
  constructor(max: number) {
    this.#max = Math.max(2, max);
  }

  /** Every so manieth turn is kept. */
  get every(): number {
    return this.#every;
  }

  /** Whether the moment after so many turns would be kept. */
  takes(turn: number): boolean {
    return turn % this.#every === 0;
  }

  /** Keeps a moment, if it is one of those that are. */
  add(moment: RecordedMoment): void {
    if (!this.takes(moment.turn)) return;
    this.#kept.push(moment);
    while (this.#kept.length > this.#max && this.#every < moment.turn) {
      this.#every *= 2;
      this.#kept = this.#kept.filter(({ turn }) => this.takes(turn));
    }
    // Many commands without a turn between them: only how they left it counts.
    if (this.#kept.length > this.#max) this.#kept = onePerTurn(this.#kept);
  }

  /** All that were kept. */
  get all(): readonly RecordedMoment[] {
    return this.#kept;
  }
}

function onePerTurn(moments: readonly RecordedMoment[]): RecordedMoment[] {
  const [first] = moments;
  return moments.filter(
    (moment, index) =>
      moment === first ||
      moment.move !== undefined ||
      moment.happening !== undefined ||
      moments[index + 1]?.turn !== moment.turn,
  );
}
