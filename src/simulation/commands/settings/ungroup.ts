/** `ungroup REPO GROUP`: takes a repository out of a group. */
import { name, repository } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { configure } from './configure.ts';
import type { Membership } from './group.ts';

export const ungroup: Row<Membership> = {
  fields: { repository, group: name('GROUP') },
  does: ({ repository, group }, play) =>
    configure(repository, play, ({ groups }) => groups.delete(group)),
};
