import { unknownRepository } from '../../acts/troubles.ts';
import { name, repository } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';
import type { Membership } from './group.ts';

/** `ungroup REPO GROUP`: takes a repository out of a group. */
export const ungroup: CommandRow<Membership> = {
  fields: { repository, group: name('GROUP') },
  does({ repository: name, group }, { network }) {
    const repository = network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, network));
    network.removeGroup(repository, group);
    return done;
  },
};
