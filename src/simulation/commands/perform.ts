import type { SimulationRequest } from '../acts/requests.ts';
import { done, type Performed, type Play } from '../play/play.ts';
import { isRemark, table, type Command, type CommandName, type CommandOf } from './command.ts';
import { loggedCommand } from './print.ts';

/** Runs one command, with its line in the log and its tick of the clock (spec/sim.md section 4.2). */
export function* perform(command: Command, play: Play): Generator<SimulationRequest, Performed> {
  if (isRemark(command) || table[command.kind].isUnlogged !== true) {
    play.history.addCommand(loggedCommand(command));
    play.clock.now += 1;
  }
  return isRemark(command) ? done : yield* performRow(command, play);
}

function* performRow<Name extends CommandName>(
  command: CommandOf<Name>,
  play: Play,
): Generator<SimulationRequest, Performed> {
  const performed = table[command.kind].does(command, play);
  return 'kind' in performed ? performed : yield* performed;
}
