import { file, repository } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { expectIn, type Expectation } from './expect.ts';

/** `notpresent REPO FILE`: fails when a content is in a repository. */
export const notpresent: CommandRow<Expectation> = {
  isUnlogged: true,
  changes: 'nothing',
  fields: { repository, file },
  does: (place, state) => expectIn(place, false, state),
};
