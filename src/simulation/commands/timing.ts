/** The commands that let time pass, and those about what happens meanwhile. */
import { printDuration } from '../language/duration.ts';
import type { Arrivals, OwnCommand } from '../language/own/own-command.ts';
import { untilArrivalMs } from '../time/arriving.ts';
import { untilNextMs } from '../time/draws.ts';
import { clockMsMax } from '../transfers/clockwork.ts';
import { Waiting } from '../time/waiting.ts';
import {
  done,
  saySettled,
  troubled,
  type Performed,
  type SimulationState,
} from '../state/state.ts';
import type { Pause } from '../acts/requests.ts';
import { notThere, tooLate, unknownRepository } from '../acts/troubles.ts';

export function* wait(
  { kind, durationMs }: Extract<OwnCommand, { kind: 'wait' | 'waitstable' }>,
  state: SimulationState,
): Generator<Pause, Performed> {
  if (state.clock.ms + durationMs > clockMsMax) {
    return troubled(tooLate(printDuration(durationMs), printDuration(clockMsMax)));
  }
  const untilSettled = kind === 'waitstable';
  const { isSettled, busyMs } = yield* new Waiting(state).run(durationMs, { untilSettled });
  if (isSettled) saySettled(printDuration(busyMs), state);
  else if (untilSettled) {
    state.say(`Simulation failed to stabilize within ${printDuration(durationMs)}.`);
    state.fail();
  }
  return done;
}

/** Files that come from now on; those of the same suffix that came before come no more. */
export function beginArrivals(arrivals: Arrivals, state: SimulationState): Performed {
  const { network, clock, clockwork } = state;
  for (const name of arrivals.repositories) {
    if (network.find(name) === undefined) return troubled(unknownRepository(name, network));
  }
  const count = clockwork.streams.get(arrivals.suffix)?.count ?? 0;
  const atMs = clock.ms + untilArrivalMs({ arrivals }, state);
  clockwork.streams.set(arrivals.suffix, { arrivals, count, atMs });
  return done;
}

export function endArrivals(
  { suffix }: Extract<OwnCommand, { kind: 'endarrivals' }>,
  { clockwork }: SimulationState,
): Performed {
  return clockwork.streams.delete(suffix) ? done : troubled(notThere(suffix, 'arrivals'));
}

export function beginOutages(
  { repository: name, upMs, downMs }: Extract<OwnCommand, { kind: 'outages' }>,
  state: SimulationState,
): Performed {
  const { network, clock, clockwork, randomness } = state;
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  const isDown = network.reach.down.has(repository);
  const atMs = clock.ms + untilNextMs(isDown ? downMs : upMs, randomness);
  clockwork.outages.set(repository, { repository, name, upMs, downMs, atMs });
  return done;
}

/** No more failures by chance; the repository stays as it is. */
export function endOutages(
  { repository: name }: Extract<OwnCommand, { kind: 'endoutages' }>,
  { network, clockwork }: SimulationState,
): Performed {
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  return clockwork.outages.delete(repository) ? done : troubled(notThere(name, 'outages'));
}
