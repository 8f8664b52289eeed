/** `wait DURATION`: lets time pass. */
import { duration } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { passTime, type Lasting } from './pass-time.ts';

export const wait: Row<Lasting> = {
  isOwn: true,
  fields: { durationMs: duration('DURATION') },
  does: (lasting, state) => passTime(lasting, false, state),
};
