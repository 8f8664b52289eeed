import type { Pause } from '../../acts/requests.ts';
import { tooLate } from '../../acts/troubles.ts';
import { printDuration } from '../../language/duration.ts';
import { done, saySettled, troubled, type Performed, type Play } from '../../play/play.ts';
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
  play: Play,
): Generator<Pause, Performed> {
  if (play.clock.ms + durationMs > clockMsMax) {
    return troubled(tooLate(printDuration(durationMs), printDuration(clockMsMax)));
  }
  const { isSettled, busyMs } = yield* new Waiting(play).run(durationMs, { untilSettled });
  if (isSettled) saySettled(printDuration(busyMs), play);
  else if (untilSettled) {
    play.say(`Simulation failed to stabilize within ${printDuration(durationMs)}.`);
    play.fail();
  }
  return done;
}
