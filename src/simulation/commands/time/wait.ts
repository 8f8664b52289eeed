import { duration } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { passTime, type Lasting } from './pass-time.ts';

/** `wait DURATION`: lets time pass. */
export const wait: CommandRow<Lasting> = {
  isOwn: true,
  fields: { durationMs: duration('DURATION') },
  does: (lasting, state) => passTime(lasting, false, state),
};
