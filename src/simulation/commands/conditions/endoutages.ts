import { notThere, unknownRepository } from '../../acts/troubles.ts';
import { repository } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';
import type { Affected } from './down.ts';

/** `endoutages REPO`: no more failures by chance; the repository stays as it is. */
export const endoutages: CommandRow<Affected> = {
  isOwn: true,
  fields: { repository },
  does({ repository: name }, { network, clockwork }) {
    const repository = network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, network));
    return clockwork.outages.delete(repository) ? done : troubled(notThere(name, 'outages'));
  },
};
