import type { LoggedCommand } from '../../acts/history.ts';
import type { Pause } from '../../acts/requests.ts';
import { tooLate } from '../../acts/troubles.ts';
import { printDuration } from '../../language/duration.ts';
import {
  done,
  saySettled,
  troubled,
  type Performed,
  type SimulationState,
} from '../../state/state.ts';
import { Waiting } from '../../time/waiting.ts';
import { clockMsMax } from '../../transfers/clockwork.ts';

/** A duration, and nothing else. */
export interface Lasting {
  readonly durationMs: number;
}

/** Lets time pass: all of it, or until nothing is left to do, which is then to come. */
export function* passTime(
  { durationMs }: Lasting,
  untilSettled: boolean,
  state: SimulationState,
): Generator<Pause, Performed> {
  if (state.clock.ms + durationMs > clockMsMax) {
    return troubled(tooLate(printDuration(durationMs), printDuration(clockMsMax)));
  }
  const { isSettled, busyMs } = yield* new Waiting(state).run(durationMs, { untilSettled });
  if (isSettled) saySettled(printDuration(busyMs), state);
  else if (untilSettled) {
    state.say(`Simulation failed to stabilize within ${printDuration(durationMs)}.`);
    state.fail();
  }
  return done;
}

/** A wait that was broken off, told by how much time has passed in it. */
export function timePassed(state: SimulationState): () => LoggedCommand {
  new Waiting(state).endMoment();
  const { clock, clockwork } = state;
  return () => ['wait', printDuration(clock.ms - clockwork.startedMs)];
}
