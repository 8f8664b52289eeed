/** Which commands a log can tell again: its lines are split at white space. */
import {
  parseSimulation,
  printSimulationCommand,
  printSimulationCommandAsRead,
  type SimulationCommand,
} from '../../simulation/index.ts';
import { plain } from '../../units/index.ts';
import type { TroubleWords } from './printer.ts';

/** Whether the line of the log will be read as the command that it is of. */
export function canBeLogged(command: SimulationCommand): boolean {
  const line = printSimulationCommand(command);
  const again = parseSimulation(line);
  if (again.kind === 'problem' || again.lines.length !== 1 || line.includes('\n')) return false;
  const [read] = again.lines;
  if (read === undefined) return false;
  return printSimulationCommandAsRead(read.command) === printSimulationCommandAsRead(command);
}

/** What is wrong with a command that is not. */
export function notLoggable(text: string): TroubleWords {
  const shown = plain(text.slice(0, shownMax));
  return {
    plain: `the log could not tell "${shown}" again, as lines are split at white space; give words that are not empty and have none in them.`,
  };
}

const shownMax = 100;
