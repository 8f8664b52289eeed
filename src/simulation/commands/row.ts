import type { LoggedCommand } from '../acts/history.ts';
import type { SimulationRequest } from '../acts/requests.ts';
import type { CommandForm } from '../language/form.ts';
import type { Performed, SimulationState } from '../state/state.ts';

/**
 * What is other after a command. `nothing`: it asks only. `more`: what repositories have or want, or how they
 * are connected. `repositories`: which there are, or how they stand. `everything`: that, and of any file how
 * many copies are too few.
 */
export type Changes = 'nothing' | 'more' | 'repositories' | 'everything';

/** A command of the sim language: how it is written, and what it does. `table.ts` has one for each name. */
export interface CommandRow<Values extends object> extends CommandForm<Values> {
  /** Set where git-annex's simulator lacks the command. */
  readonly isOwn?: true;
  /** Set where the command itself stands in no log, and is no tick of the clock. */
  readonly isUnlogged?: true;
  /** Set where it goes on for as long as it takes, so that who waits may break it off. */
  readonly isLong?: true;
  /** Set where a run can settle by it: in steps, or as time passes. */
  readonly settlesIn?: 'steps' | 'time';
  /** What is other than before, besides what its files have: `more` when left out. */
  readonly changes?: Changes;
  /** Set where it gives contents to repositories. */
  readonly isAdding?: true;
  /** Files that may have another content afterwards; none when left out. */
  filesOf?(values: Values): Iterable<string>;
  /**
   * When it was broken off: what tells of what was done of it, by how many changes it made. `undefined`, and where
   * it is left out: it cannot be told in part.
   */
  cutShort?(state: SimulationState): ((changes: number) => LoggedCommand) | undefined;
  /** Does it; by requests where it needs what only the program around has, or takes long. */
  does(values: Values, state: SimulationState): Performed | Generator<SimulationRequest, Performed>;
}
