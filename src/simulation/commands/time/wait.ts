import { duration } from '../../language/fields.ts';
import type { Row } from '../row.ts';
import { passTime, type Lasting } from './pass-time.ts';

/** `wait DURATION`: lets time pass. */
export const wait: Row<Lasting> = {
  isOwn: true,
  fields: { durationMs: duration('DURATION') },
  does: (lasting, state) => passTime(lasting, false, state),
};
