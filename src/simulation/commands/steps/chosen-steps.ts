import { Runner, type SimulationParts } from '../../acts/runner.ts';
import { stepAttempts, syncAttempts, type Attempts } from '../../acts/attempts.ts';
import { pause, type Pause } from '../../acts/requests.ts';
import type { Chooser, AttemptRunner } from '../../acts/scheduler.ts';
import { hasWork, type Stepped } from './work.ts';

/** Steps by a scheduler that leaves nothing to chance: each step does something. */
export class ChosenSteps {
  readonly #parts: SimulationParts;
  readonly #runner: Runner;
  readonly #chooser: Chooser;

  constructor(parts: SimulationParts, chooser: Chooser) {
    this.#parts = parts;
    this.#runner = new Runner(parts);
    this.#chooser = chooser;
  }

  *run(count: number): Generator<Pause, Stepped> {
    const { onesync } = this.#parts.oddities;
    let attempts = stepAttempts(this.#parts);
    for (let steps = 0; ; steps += 1) {
      if (steps >= count) return { isSettled: !hasWork(this.#parts, this.#runner), steps };
      while (!this.#chooser.runOne(attempts, this.#attemptRunner(attempts))) {
        const synced = syncAttempts(this.#parts);
        const hasActed = this.#chooser.runOne(synced, this.#attemptRunner(synced));
        attempts = stepAttempts(this.#parts);
        if (hasActed) break;
        if (onesync || !hasWork(this.#parts, this.#runner)) return { isSettled: true, steps };
      }
      if (steps % stepsBetweenPauses === 0) yield pause;
    }
  }

  #attemptRunner(attempts: Attempts): AttemptRunner {
    return {
      run: (attempt) => this.#runner.run(attempts.operation(attempt), attempts.file(attempt)),
      peek: (attempt) => this.#runner.peek(attempts.operation(attempt), attempts.file(attempt)),
    };
  }
}

const stepsBetweenPauses = 1024;
