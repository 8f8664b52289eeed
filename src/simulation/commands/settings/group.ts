import { unknownRepository } from '../../acts/troubles.ts';
import { name, repository } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `group` say. */
export interface Membership {
  readonly repository: string;
  readonly group: string;
}

/** `group REPO GROUP`: puts a repository into a group. */
export const group: CommandRow<Membership> = {
  fields: { repository, group: name('GROUP') },
  does({ repository: name, group }, { network }) {
    const repository = network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, network));
    network.addGroup(repository, group);
    return done;
  },
};
