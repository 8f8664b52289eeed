import type { Actor, Scene } from '../../acts/actor.ts';
import { stepPieces, syncPieces } from '../../acts/pieces.ts';

/** How a `step` ended: settled after so many steps, or not. */
export interface Stepped {
  readonly isSettled: boolean;
  readonly steps: number;
}

/** Whether any piece would do something, as views are or once syncs have taught them all they can. */
export function hasWork(scene: Scene, actor: Actor): boolean {
  const { views } = scene;
  // What one repository knows has come to all others after so many rounds of syncs.
  for (let round = 0; round <= views.count; round += 1) {
    const pieces = stepPieces(scene);
    for (let piece = 0; piece < pieces.count; piece += 1) {
      if (actor.peek(pieces.deed(piece), pieces.file(piece)) === true) return true;
    }
    const { writes } = views;
    syncPieces(scene);
    if (views.writes === writes) break;
  }
  return false;
}
