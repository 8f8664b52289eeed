/** `group REPO GROUP`: puts a repository into a group. */
import { name, repository } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { configure } from './configure.ts';

export interface Membership {
  readonly repository: string;
  readonly group: string;
}

export const group: Row<Membership> = {
  fields: { repository, group: name('GROUP') },
  does: ({ repository, group }, play) =>
    configure(repository, play, ({ groups }) => groups.add(group)),
};
