import { repository } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { setDown, type Affected } from './down.ts';

/** `up REPO`: a repository that was down is there again. */
export const up: CommandRow<Affected> = {
  isOwn: true,
  changes: 'repositories',
  fields: { repository },
  does: (affected, state) => setDown(affected, false, state),
};
