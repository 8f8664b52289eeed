import { Actor, type Scene } from '../../acts/actor.ts';
import { stepPieces, syncPieces, type Pieces } from '../../acts/pieces.ts';
import { pause, type Pause } from '../../acts/requests.ts';
import type { Chooser, Stage } from '../../acts/scheduler.ts';
import { hasWork, type Stepped } from './work.ts';

/** Steps by a scheduler that leaves nothing to chance: each step does something. */
export class ChosenSteps {
  readonly #scene: Scene;
  readonly #actor: Actor;
  readonly #chooser: Chooser;

  constructor(scene: Scene, chooser: Chooser) {
    this.#scene = scene;
    this.#actor = new Actor(scene);
    this.#chooser = chooser;
  }

  *run(count: number): Generator<Pause, Stepped> {
    const { onesync } = this.#scene.oddities;
    let pieces = stepPieces(this.#scene);
    for (let steps = 0; ; steps += 1) {
      if (steps >= count) return { isSettled: !hasWork(this.#scene, this.#actor), steps };
      while (!this.#chooser.runOne(pieces, this.#stage(pieces))) {
        const synced = syncPieces(this.#scene);
        const hasActed = this.#chooser.runOne(synced, this.#stage(synced));
        pieces = stepPieces(this.#scene);
        if (hasActed) break;
        if (onesync || !hasWork(this.#scene, this.#actor)) return { isSettled: true, steps };
      }
      if (steps % stepsBetweenPauses === 0) yield pause;
    }
  }

  #stage(pieces: Pieces): Stage {
    return {
      run: (piece) => this.#actor.run(pieces.deed(piece), pieces.file(piece)),
      peek: (piece) => this.#actor.peek(pieces.deed(piece), pieces.file(piece)),
    };
  }
}

const stepsBetweenPauses = 1024;
