import { unknownRepository } from '../../acts/troubles.ts';
import { positiveDuration, repository } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import { untilNextMs } from '../../time/draws.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `outages` say. */
export interface BeginOutages {
  readonly repository: string;
  /** How long it is up, in the mean. */
  readonly upMs: number;
  /** How long it is down, in the mean. */
  readonly downMs: number;
}

/** `outages REPO UPTIME DOWNTIME`: a repository fails and returns by chance, in the mean after these times. */
export const outages: CommandRow<BeginOutages> = {
  isOwn: true,
  fields: {
    repository,
    upMs: positiveDuration('UPTIME'),
    downMs: positiveDuration('DOWNTIME'),
  },
  does({ repository: name, upMs, downMs }, state) {
    const { network, clock, clockwork, randomness } = state;
    const repository = network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, network));
    const isDown = network.reach.down.has(repository);
    const atMs = clock.ms + untilNextMs(isDown ? downMs : upMs, randomness);
    clockwork.outages.set(repository, { repository, name, upMs, downMs, atMs });
    return done;
  },
};
