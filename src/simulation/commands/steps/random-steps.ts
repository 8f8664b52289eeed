import type { Randomness } from '../../random/randomness.ts';
import type { Undo } from '../../world/views.ts';
import { Actor, type Scene } from '../../acts/actor.ts';
import { Candidates } from '../../acts/candidates.ts';
import { stepPieces, syncPieces, type Pieces } from '../../acts/pieces.ts';
import { pause, type Pause } from '../../acts/requests.ts';
import { hasWork, type Stepped } from './work.ts';

/** How many pieces are tried before the program around the simulation gets a turn. */
const triesBetweenPauses = 1 << 12;

/** The same for what is only drawn, which takes a thousandth of the time. */
const drawsBetweenPauses = 1 << 18;

/** How many failures in a row it takes, in relation to all candidates, to look whether all will fail. */
const lookShare = 16;
const lookLeast = 64;

/**
 * Steps as git-annex makes them: random pieces are taken from a list until one does something, the list is
 * used up before another is made, and when a whole one was in vain everything is synced (spec/sim.md
 * section 8, by whose numbers the oddities go).
 */
export class RandomSteps {
  readonly #scene: Scene;
  readonly #actor: Actor;
  readonly #randomness: Randomness;
  readonly #onUndo: () => void;
  #pieces: Pieces | undefined;
  #list: Candidates = new Candidates(0);
  #tries = 0;

  constructor(scene: Scene, randomness: Randomness, onUndo: () => void) {
    this.#scene = scene;
    this.#actor = new Actor(scene);
    this.#randomness = randomness;
    this.#onUndo = onUndo;
  }

  *run(count: number): Generator<Pause, Stepped> {
    const { stepcount, lastundone, onesync } = this.#scene.oddities;
    let steps = 0;
    const isOver = (): boolean => (stepcount ? steps > count : steps >= count);
    for (;;) {
      // Without the oddity one may still learn that nothing is left to do.
      if (isOver()) {
        return { isSettled: !stepcount && !hasWork(this.#scene, this.#actor), steps };
      }
      this.#begin(stepPieces(this.#scene));
      let hasActed = yield* this.#try();
      if (lastundone ? this.#list.left === 0 : !hasActed) {
        this.#begin(syncPieces(this.#scene));
        hasActed = yield* this.#try();
        if (lastundone ? this.#list.left === 0 : !hasActed) {
          if (onesync || !hasWork(this.#scene, this.#actor)) return { isSettled: true, steps };
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

  #begin(pieces: Pieces): void {
    this.#pieces = pieces;
    this.#list = new Candidates(pieces.count);
  }

  /** Another try on a list; without success, or with the oddity when nothing is left, it leaves no trace. */
  *#tryOn(): Generator<Pause, boolean> {
    const { views, history, oddities } = this.#scene;
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
    const pieces = this.#pieces;
    if (pieces === undefined) return false;
    let failures = 0;
    let lookAt = Math.max(lookLeast, list.left / lookShare);
    while (list.left > 0) {
      this.#tries += 1;
      if (this.#tries % triesBetweenPauses === 0) yield pause;
      const piece = list.take(this.#randomness.below(list.left));
      if (this.#actor.run(pieces.deed(piece), pieces.file(piece))) return true;
      failures += 1;
      if (failures < lookAt) continue;
      if (this.#isInVain(pieces)) yield* this.#drawInVain();
      lookAt *= 2;
    }
    return false;
  }

  /** Whether no candidate that is left would do anything, however it is drawn. */
  #isInVain(pieces: Pieces): boolean {
    return !this.#list.some(
      (piece) => this.#actor.peek(pieces.deed(piece), pieces.file(piece)) !== false,
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
