import { duration } from '../../language/fields.ts';
import type { CommandRow } from '../row.ts';
import { passTime, timePassed, type Lasting } from './pass-time.ts';

/** `waitstable DURATION`: lets time pass until nothing is left to do; fails when it is not so far. */
export const waitstable: CommandRow<Lasting> = {
  isOwn: true,
  isLong: true,
  settlesIn: 'time',
  fields: { durationMs: duration('DURATION') },
  cutShort: timePassed,
  does: (lasting, state) => passTime(lasting, true, state),
};
