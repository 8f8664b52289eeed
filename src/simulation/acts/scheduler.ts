import type { Pieces } from './pieces.ts';

/** What a scheduler may do with a piece. */
export interface Stage {
  /** Runs a piece; whether it changed something. */
  run(piece: number): boolean;
  /** Whether running it would change something; `undefined` when finding out would leave a trace. */
  peek(piece: number): boolean | undefined;
}

/**
 * Chooses which piece of a step is run next. Chance is no part of it: the state that it keeps is saved
 * with the simulation.
 */
export interface Chooser {
  /** Runs one piece that changes something, and none else; `false` when there is none. */
  runOne(pieces: Pieces, stage: Stage): boolean;
  /** Where it is, for being saved. */
  position: number;
  /** How often it did what, likewise. */
  readonly moves: Map<string, number>;
}

/** The ways in which a step chooses. */
export const schedulerNames = ['git-annex', 'fair', 'adversarial'] as const;

/**
 * `git-annex`: a random piece, drawn from the seed, exactly as git-annex does it. `fair`: in turn, so that
 * no piece waits for ever. `adversarial`: what may keep the network from settling, drops first.
 */
export type SchedulerName = (typeof schedulerNames)[number];

/** Every piece in turn. */
export class FairChooser implements Chooser {
  position = 0;
  readonly moves: Map<string, number> = new Map();

  runOne(pieces: Pieces, stage: Stage): boolean {
    const { count } = pieces;
    for (let tried = 0; tried < count; tried += 1) {
      const piece = (this.position + tried) % count;
      if (!stage.run(piece)) continue;
      this.position = (piece + 1) % count;
      return true;
    }
    return false;
  }
}

/** How many pieces that can be run are weighed against each other. */
const weighedMax = 64;

/**
 * Against settling: of some pieces that can be run it takes a drop before a transfer, and of these what
 * was moved most often, which keeps contents going to and fro.
 */
export class AdversarialChooser implements Chooser {
  position = 0;
  /** By file and repository: how often the one came to the other, or went. */
  readonly moves: Map<string, number> = new Map();

  runOne(pieces: Pieces, stage: Stage): boolean {
    const { count } = pieces;
    let best: { piece: number; weight: number; name: string } | undefined;
    let weighed = 0;
    for (let tried = 0; tried < count && weighed < weighedMax; tried += 1) {
      const piece = (this.position + tried) % count;
      if (stage.peek(piece) === false) continue;
      weighed += 1;
      const { kind, actor, other } = pieces.deed(piece);
      const changed = kind === 'get' ? actor : other;
      const name = `${pieces.file(piece)} ${changed}`;
      const weight = (this.moves.get(name) ?? 0) + (kind === 'drop' ? 0.5 : 0);
      if (best === undefined || weight > best.weight) best = { piece, weight, name };
    }
    if (best === undefined) return false;
    this.position = (best.piece + 1) % count;
    // What could only be weighed by running it may turn out to do nothing.
    if (!stage.run(best.piece)) return new FairChooser().runOne(pieces, stage);
    this.moves.set(best.name, (this.moves.get(best.name) ?? 0) + 1);
    return true;
  }
}
