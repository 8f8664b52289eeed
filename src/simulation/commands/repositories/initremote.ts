import { name } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { begin, type Init } from './init.ts';

/** `initremote NAME`: a special remote, on which git-annex does not run. */
export const initremote: Row<Init> = {
  fields: { name: name('NAME') },
  does: ({ name }, state) => begin(name, true, state),
};
