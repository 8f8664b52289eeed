import type { Pause } from '../../acts/requests.ts';
import { done, saySettled, type Performed, type Play } from '../../play/play.ts';
import { ChosenSteps } from './chosen-steps.ts';
import { RandomSteps } from './random-steps.ts';

/** How many transfers and drops are made at most. */
export interface StepCount {
  readonly count: bigint;
}

/**
 * Pieces of all connections, one after the other, until nothing is left to do or there were so many.
 * @param mustSettle whether it is a failure when there is more to do then.
 */
export function* runSteps(
  { count }: StepCount,
  mustSettle: boolean,
  play: Play,
): Generator<Pause, Performed> {
  const steps =
    play.chooser === undefined
      ? new RandomSteps(play, play.randomness, play.onUndo)
      : new ChosenSteps(play, play.chooser);
  const stepped = yield* steps.run(Number(count));
  if (stepped.isSettled) saySettled(`${stepped.steps} steps`, play);
  else if (mustSettle) {
    play.say(`Simulation failed to stabilize after ${count} steps.`);
    play.fail();
  }
  return done;
}
