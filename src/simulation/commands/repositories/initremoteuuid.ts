import type { Row } from '../row.ts';
import { beginReal, fields, type InitUuid } from './inituuid.ts';

/** `initremoteuuid NAME UUID`: a special remote that has its UUID from a real one. */
export const initremoteuuid: Row<InitUuid> = {
  isOwn: true,
  fields,
  does: (real, state) => beginReal(real, true, state),
};
