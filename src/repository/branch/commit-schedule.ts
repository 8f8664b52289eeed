import type { Clock, Timer } from '../../clock/index.ts';
import { asError } from '../../units/index.ts';

/** A commit follows the last change after this time, so that changes in a row share one. */
const commitDelayMs: number = 50;

/** A commit follows the first change after this time at the latest, however many follow. */
const commitDelayMsMax: number = 500;

/**
 * A commit runs git twice. After one that took long, as on a busy machine, the next waits for so
 * many times as long, so that commits leave most of the machine to what waits for an answer.
 */
const restFactor = 4;
const restMsMax = 2000;

/** After a commit that failed, the next is tried after this time, then twice that, and so on. */
const retryDelayMs = 1000;
const retryDelayMsMax = 60_000;

/** When to commit, or to merge, and one at a time. */
export class CommitSchedule<T = unknown> {
  readonly #clock: Clock;
  readonly #commit: () => Promise<T>;
  readonly #onProblem: (error: Error) => void;
  readonly #onOutcome: ((error: Error | undefined) => void) | undefined;
  #timer: Timer | undefined;
  /** When the oldest change arrived that no commit has begun to take; milliseconds. */
  #firstChangeMs: number | undefined;
  #failures = 0;
  /** When the rest after the last commit is over; milliseconds. */
  #restedMs = 0;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(parts: {
    readonly clock: Clock;
    readonly commit: () => Promise<T>;
    readonly onProblem: (error: Error) => void;
    /**
     * Told of each failure, and of the success after one. Default: `onProblem` is told of failures
     * that no caller hears of.
     */
    readonly onOutcome?: ((error: Error | undefined) => void) | undefined;
  }) {
    this.#clock = parts.clock;
    this.#commit = parts.commit;
    this.#onProblem = parts.onProblem;
    this.#onOutcome = parts.onOutcome;
  }

  /** Something is in the journal: commit soon. Does nothing before a retry that is due later. */
  soon(): void {
    if (this.#failures > 0 || this.#isClosed) return;
    const nowMs = this.#clock.steadyMs();
    this.#firstChangeMs ??= nowMs;
    const latestMs = this.#firstChangeMs + commitDelayMsMax - nowMs;
    const restMs = this.#restedMs - nowMs;
    this.#in(Math.max(0, restMs, Math.min(commitDelayMs, latestMs)));
  }

  /** Commits now; rejects when that fails, and tries again later in the background. */
  async now(): Promise<T> {
    this.#timer?.close();
    this.#firstChangeMs = undefined;
    try {
      const result = await this.alone(() => this.#timed());
      if (this.#failures > 0) this.#onOutcome?.(undefined);
      this.#failures = 0;
      return result;
    } catch (error) {
      this.#onOutcome?.(asError(error));
      const delayMs = Math.min(retryDelayMs * 2 ** this.#failures, retryDelayMsMax);
      this.#failures += 1;
      if (!this.#isClosed) this.#in(delayMs);
      throw error;
    }
  }

  async #timed(): Promise<T> {
    const startMs = this.#clock.steadyMs();
    const result = await this.#commit();
    const endMs = this.#clock.steadyMs();
    this.#restedMs = endMs + Math.min(restMsMax, restFactor * (endMs - startMs));
    return result;
  }

  /** Commits now; a failure is reported, and what is in the journal stays there. */
  async nowReported(): Promise<void> {
    try {
      await this.now();
    } catch (error) {
      if (this.#onOutcome === undefined) this.#onProblem(asError(error));
    }
  }

  /** Does something while no commit is under way. */
  alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    // The next in line waits for the end and not for success; the caller gets the failure.
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Commits a last time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.nowReported();
  }

  /** Begins nothing by itself any more. */
  stop(): void {
    this.#isClosed = true;
    this.#timer?.close();
  }

  #in(delayMs: number): void {
    this.#timer?.close();
    this.#timer = this.#clock.after(delayMs, () => void this.nowReported());
  }
}
