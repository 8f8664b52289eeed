import type { SimulationRequest } from '../acts/requests.ts';
import { done, type Performed, type SimulationState } from '../state/state.ts';
import { isRemark, table, type Command, type CommandName, type CommandOf } from './command.ts';
import { loggedCommand } from './print.ts';

/** Runs one command, with its line in the log and its tick of the clock (spec/sim.md section 4.2). */
export function* perform(
  command: Command,
  state: SimulationState,
): Generator<SimulationRequest, Performed> {
  if (isRemark(command) || table[command.kind].isUnlogged !== true) {
    state.history.addCommand(loggedCommand(command));
    state.clock.now += 1;
  }
  return isRemark(command) ? done : yield* performRow(command, state);
}

function* performRow<Name extends CommandName>(
  command: CommandOf<Name>,
  state: SimulationState,
): Generator<SimulationRequest, Performed> {
  const performed = table[command.kind].does(command, state);
  return 'kind' in performed ? performed : yield* performed;
}
