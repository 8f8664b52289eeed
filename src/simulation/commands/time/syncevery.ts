import { positiveDuration } from '../../language/fields.ts';
import { done } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';
import type { Lasting } from './pass-time.ts';

/** `syncevery DURATION`: how long a connection rests after a round, at least. */
export const syncevery: CommandRow<Lasting> = {
  isOwn: true,
  fields: { durationMs: positiveDuration('DURATION') },
  does({ durationMs }, { clockwork }) {
    clockwork.syncEveryMs = durationMs;
    return done;
  },
};
