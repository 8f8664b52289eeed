import { repository } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { setDown, type Affected } from './down.ts';

/** `up REPO`: a repository that was down is there again. */
export const up: Row<Affected> = {
  isOwn: true,
  fields: { repository },
  does: (affected, state) => setDown(affected, false, state),
};
