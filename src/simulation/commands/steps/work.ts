import type { Runner, SimulationParts } from '../../acts/runner.ts';
import { stepAttempts, syncAttempts } from '../../acts/attempts.ts';

/** How a `step` ended: settled after so many steps, or not. */
export interface Stepped {
  readonly isSettled: boolean;
  readonly steps: number;
}

/** Whether any attempt would do something, as views are or once syncs have taught them all they can. */
export function hasWork(parts: SimulationParts, runner: Runner): boolean {
  const { views } = parts;
  // What one repository knows has come to all others after so many rounds of syncs.
  for (let round = 0; round <= views.count; round += 1) {
    const attempts = stepAttempts(parts);
    for (let attempt = 0; attempt < attempts.count; attempt += 1) {
      if (runner.peek(attempts.operation(attempt), attempts.file(attempt)) === true) return true;
    }
    const { writes } = views;
    syncAttempts(parts);
    if (views.writes === writes) break;
  }
  return false;
}
