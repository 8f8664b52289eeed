import type { Dialect } from '../../expression/index.ts';
import type { Randomness } from '../random/randomness.ts';
import type { Clockwork } from '../transfers/clockwork.ts';
import { Runner, type SimulationParts } from '../acts/runner.ts';
import type { SimulationHappening } from '../acts/operations.ts';
import type { Chooser } from '../acts/scheduler.ts';
import type { Trouble } from '../acts/troubles.ts';

/** A simulation as its commands need it. */
export interface SimulationState extends SimulationParts {
  readonly runner: Runner;
  readonly randomness: Randomness;
  readonly dialect: Dialect;
  readonly clockwork: Clockwork;
  /** Told of what happens besides transfers and drops that are done. */
  readonly onHappening: ((happening: SimulationHappening) => void) | undefined;
  /** What chooses in steps; chance when there is none. */
  readonly chooser: Chooser | undefined;
  /** Told when a step took its last event back, as an oddity has it. */
  readonly onUndo: () => void;
  say(message: string): void;
  /** From now on the simulation has failed. */
  fail(): void;
}

/**
 * Tells that nothing is left to do: programs by a happening, people in git-annex's words.
 * @param after how long it took, as a text: steps, or a duration.
 */
export function saySettled(after: string, state: SimulationState): void {
  state.say(`Simulation has stabilized after ${after}.`);
  state.onHappening?.({ kind: 'settled', ms: state.clock.ms });
}

/** How a command went. */
export type Performed =
  | { readonly kind: 'done' }
  | { readonly kind: 'trouble'; readonly trouble: Trouble }
  /** A `visit` failed, and so does all. */
  | { readonly kind: 'exit'; readonly status: number };

/** A command did what it says. */
export const done: Performed = { kind: 'done' };

/** How a command that has trouble went. */
export function troubled(trouble: Trouble): Performed {
  return { kind: 'trouble', trouble };
}
