import { duration } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { passTime, timePassed, type Lasting } from './pass-time.ts';

/** `wait DURATION`: lets time pass. */
export const wait: CommandRow<Lasting> = {
  isOwn: true,
  isLong: true,
  settlesIn: 'time',
  fields: { durationMs: duration('DURATION') },
  cutShort: timePassed,
  does: (lasting, state) => passTime(lasting, false, state),
};
