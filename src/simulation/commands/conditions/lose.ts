import { unknownRepository } from '../../acts/troubles.ts';
import { repository } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import { loseTransfers } from '../../time/breaking.ts';
import type { CommandRow } from '../row.ts';
import type { Affected } from './down.ts';

/** `lose REPO`: all contents of a repository are gone; it knows at once, and others once they are told. */
export const lose: CommandRow<Affected> = {
  isOwn: true,
  changes: 'everything',
  fields: { repository },
  does({ repository: name }, state) {
    const { network, contents, views, clock, oddities } = state;
    const repository = network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, network));
    if (!oddities.clocktie) clock.now += 1;
    for (let key = 0; key < contents.keyCount; key += 1) {
      if (!views.holds(repository, repository, key)) continue;
      views.set(repository, repository, key, false, clock.now);
    }
    loseTransfers(repository, state);
    return done;
  },
};
