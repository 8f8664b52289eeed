import { file, repository } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { expectIn, type Expectation } from './expect.ts';

/** `present REPO FILE`: fails when a content is not in a repository. */
export const present: CommandRow<Expectation> = {
  isUnlogged: true,
  changes: 'nothing',
  fields: { repository, file },
  does: (place, state) => expectIn(place, true, state),
};
