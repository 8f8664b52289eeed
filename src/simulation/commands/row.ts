import type { SimulationRequest } from '../acts/requests.ts';
import type { CommandForm } from '../language/form.ts';
import type { Performed, SimulationState } from '../state/state.ts';

/** A command of the sim language: how it is written, and what it does. `table.ts` has one for each name. */
export interface CommandRow<Values extends object> extends CommandForm<Values> {
  /** Set where git-annex's simulator lacks the command. */
  readonly isOwn?: true;
  /** Set where the command itself stands in no log, and is no tick of the clock. */
  readonly isUnlogged?: true;
  /** Does it; by requests where it needs what only the program around has, or takes long. */
  does(values: Values, state: SimulationState): Performed | Generator<SimulationRequest, Performed>;
}
