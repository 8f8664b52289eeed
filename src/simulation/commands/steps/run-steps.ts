import type { LoggedCommand } from '../../acts/history.ts';
import type { Pause } from '../../acts/requests.ts';
import { done, saySettled, type Performed, type SimulationState } from '../../state/state.ts';
import { ChosenSteps } from './chosen-steps.ts';
import { RandomSteps } from './random-steps.ts';

/** How many transfers and drops are made at most. */
export interface StepCount {
  readonly count: bigint;
}

/**
 * Attempts of all connections, one after the other, until nothing is left to do or there were so many.
 * @param mustSettle whether it is a failure when there is more to do then.
 */
export function* runSteps(
  { count }: StepCount,
  mustSettle: boolean,
  state: SimulationState,
): Generator<Pause, Performed> {
  const steps =
    state.chooser === undefined
      ? new RandomSteps(state, state.randomness, state.onUndo)
      : new ChosenSteps(state, state.chooser);
  const stepped = yield* steps.run(Number(count));
  if (stepped.isSettled) saySettled(`${stepped.steps} steps`, state);
  else if (mustSettle) {
    state.say(`Simulation failed to stabilize after ${count} steps.`);
    state.fail();
  }
  return done;
}

/** Steps that were broken off, told by how many were made: without `stepcount` and `lastundone` a step is a change. */
export function stepsDone({
  oddities: { stepcount, lastundone },
}: SimulationState): ((changes: number) => LoggedCommand) | undefined {
  return stepcount || lastundone ? undefined : (changes) => ['step', String(changes)];
}
