import {
  printSimulationCommand,
  type Simulation,
  type SimulationLine,
} from '../../simulation/index.ts';

/** Which of the `present` and `notpresent` lines of a file are checks: also those of a log, or none. */
export type Checks = 'all' | 'notLogged' | 'none';

/** Whether a line says who has what, which logs do too. */
export function isExpectation({ command: { kind } }: SimulationLine): boolean {
  return kind === 'present' || kind === 'notpresent';
}

/**
 * How many lines, from one on, are what the command before them has logged, all of it and in order, as in
 * the log of a run. They are true by that, though contents may have come and gone since. Less than all of
 * it is none: then someone may ask for what shall be in the end.
 * @param before how long the log was before the command.
 */
export function countLoggedAgain(
  lines: readonly SimulationLine[],
  from: number,
  { simulation, before }: { readonly simulation: Simulation; readonly before: number },
): number {
  let count = 0;
  for (const logged of simulation.log(before)) {
    if (!/^(?:not)?present /.test(logged)) continue;
    const line = lines[from + count];
    if (line === undefined || !isExpectation(line)) return 0;
    if (printSimulationCommand(line.command) !== logged) return 0;
    count += 1;
  }
  return count;
}
