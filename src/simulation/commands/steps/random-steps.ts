import type { Randomness } from '../../random/randomness.ts';
import type { Undo } from '../../world/views.ts';
import { Runner, type SimulationParts } from '../../acts/runner.ts';
import { Candidates } from '../../acts/candidates.ts';
import { stepAttempts, syncAttempts, type Attempts } from '../../acts/attempts.ts';
import { pause, type Pause } from '../../acts/requests.ts';
import { hasWork, type Stepped } from './work.ts';

/** How many attempts are tried before the program around the simulation gets a turn. */
const triesBetweenPauses = 1 << 12;

/** Draws between pauses: one takes a thousandth of the time of a trial. */
const drawsBetweenPauses = 1 << 18;

/** How many failures in a row it takes, in relation to all candidates, to look whether all will fail. */
const lookShare = 16;
const lookLeast = 64;

/**
 * Steps as git-annex makes them: random attempts are taken from a list until one does something, the list is
 * used up before another is made, and when a whole one was in vain everything is synced (spec/sim.md
 * section 8, by whose numbers the oddities go).
 */
export class RandomSteps {
  readonly #parts: SimulationParts;
  readonly #runner: Runner;
  readonly #randomness: Randomness;
  readonly #onUndo: () => void;
  #attempts: Attempts | undefined;
  #list: Candidates = new Candidates(0);
  #tries = 0;

  constructor(parts: SimulationParts, randomness: Randomness, onUndo: () => void) {
    this.#parts = parts;
    this.#runner = new Runner(parts);
    this.#randomness = randomness;
    this.#onUndo = onUndo;
  }

  *run(count: number): Generator<Pause, Stepped> {
    const { stepcount, lastundone, onesync } = this.#parts.oddities;
    let steps = 0;
    const isOver = (): boolean => (stepcount ? steps > count : steps >= count);
    for (;;) {
      // Without the oddity one may still learn that nothing is left to do.
      if (isOver()) {
        return { isSettled: !stepcount && !hasWork(this.#parts, this.#runner), steps };
      }
      this.#begin(stepAttempts(this.#parts));
      let hasActed = yield* this.#try();
      if (lastundone ? this.#list.left === 0 : !hasActed) {
        this.#begin(syncAttempts(this.#parts));
        hasActed = yield* this.#try();
        if (lastundone ? this.#list.left === 0 : !hasActed) {
          if (onesync || !hasWork(this.#parts, this.#runner)) return { isSettled: true, steps };
          continue;
        }
      }
      steps += 1;
      while (!isOver()) {
        if (!lastundone && this.#list.left === 0) break;
        if (!(yield* this.#tryOn())) break;
        steps += 1;
      }
    }
  }

  #begin(attempts: Attempts): void {
    this.#attempts = attempts;
    this.#list = new Candidates(attempts.count);
  }

  /** A further try on a list; without success, or with the oddity when nothing is left, it leaves no trace. */
  *#tryOn(): Generator<Pause, boolean> {
    const { views, history, oddities } = this.#parts;
    const undo: Undo[] = [];
    const mark = this.#randomness.mark();
    const { length } = history;
    views.undo = oddities.lastundone ? undo : undefined;
    let hasActed: boolean;
    try {
      hasActed = yield* this.#try();
    } finally {
      // Also when the simulation is left at a pause, to be gone on with.
      views.undo = undefined;
    }
    if (oddities.lastundone ? this.#list.left > 0 : hasActed) return true;
    if (!oddities.lastundone) return false;
    this.#randomness.reset(mark);
    if (!hasActed) return false;
    views.takeBack(undo);
    history.truncate(length);
    this.#onUndo();
    return false;
  }

  /** "While the list has entries: draw an index, remove that piece, run it; on success stop." */
  *#try(): Generator<Pause, boolean> {
    const list = this.#list;
    const attempts = this.#attempts;
    if (attempts === undefined) return false;
    let failures = 0;
    let lookAt = Math.max(lookLeast, list.left / lookShare);
    while (list.left > 0) {
      this.#tries += 1;
      if (this.#tries % triesBetweenPauses === 0) yield pause;
      const attempt = list.take(this.#randomness.below(list.left));
      if (this.#runner.run(attempts.operation(attempt), attempts.file(attempt))) return true;
      failures += 1;
      if (failures < lookAt) continue;
      if (this.#isInVain(attempts)) yield* this.#drawInVain();
      lookAt *= 2;
    }
    return false;
  }

  /** Whether no candidate that is left would do anything, however it is drawn. */
  #isInVain(attempts: Attempts): boolean {
    return !this.#list.some(
      (attempt) => this.#runner.peek(attempts.operation(attempt), attempts.file(attempt)) !== false,
    );
  }

  /** Draws what is left, for the seed that comes after it. */
  *#drawInVain(): Generator<Pause, void> {
    for (let { left } = this.#list; left > 0; left -= 1) {
      this.#randomness.below(left);
      if (left % drawsBetweenPauses === 0) yield pause;
    }
    this.#list.clear();
  }
}
