/** Files that come while time passes. */
import { addOne } from '../state/adding.ts';
import type { SimulationState } from '../state/state.ts';
import type { ArrivalStream } from '../transfers/clockwork.ts';
import { paretoBytes, untilNextMs } from './draws.ts';

/** Until the next file of a stream comes, milliseconds. */
export function untilArrivalMs(
  { arrivals }: Pick<ArrivalStream, 'arrivals'>,
  state: SimulationState,
): number {
  const { times, intervalMs } = arrivals;
  return times === 'steady' ? intervalMs : untilNextMs(intervalMs, state.randomness);
}

/** Adds a file to all repositories that are up and have room; to none when there are none such. */
export function arrive(stream: ArrivalStream, state: SimulationState): void {
  const { contents, network, disks, clock, clockwork, history, randomness, onHappening } = state;
  const { suffix, leastBytes, mostBytes, sizes, repositories } = stream.arrivals;
  do stream.count += 1;
  while (contents.file(`${stream.count}${suffix}`) !== undefined);
  const file = `${stream.count}${suffix}`;
  const bytes =
    sizes === 'uniform'
      ? randomness.between(leastBytes, mostBytes)
      : BigInt(paretoBytes(Number(leastBytes), Number(mostBytes), randomness));
  const takers = repositories.filter((name) => {
    const number = network.find(name);
    return (
      number !== undefined && network.reach.reaches(number, number) && disks.hasRoom(number, bytes)
    );
  });
  const told = { ms: clock.ms, file, bytes };
  stream.atMs += untilArrivalMs(stream, state);
  if (takers.length === 0) return onHappening?.({ ...told, kind: 'isTurnedAway', repositories });
  addOne(file, bytes, takers, state);
  clockwork.lastChangeMs = clock.ms;
  for (const name of takers) history.addChange(name, contents.file(file) ?? 0, true);
  return onHappening?.({ ...told, kind: 'arrives', repositories: takers });
}
