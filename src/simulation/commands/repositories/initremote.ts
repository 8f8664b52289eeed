import { name } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { begin, type Init } from './init.ts';

/** `initremote NAME`: a special remote, on which git-annex does not run. */
export const initremote: CommandRow<Init> = {
  changes: 'repositories',
  fields: { name: name('NAME') },
  does: ({ name }, state) => begin(name, true, state),
};
