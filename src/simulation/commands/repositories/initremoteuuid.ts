import type { CommandRow } from '../row.ts';
import { beginReal, inituuidFields, type InitUuid } from './inituuid.ts';

/** `initremoteuuid NAME UUID`: a special remote that has its UUID from a real one. */
export const initremoteuuid: CommandRow<InitUuid> = {
  isOwn: true,
  changes: 'repositories',
  fields: inituuidFields,
  does: (real, state) => beginReal(real, true, state),
};
