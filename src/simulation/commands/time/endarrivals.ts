import { notThere } from '../../acts/troubles.ts';
import { name } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `endarrivals` say. */
export interface EndArrivals {
  readonly suffix: string;
}

/** `endarrivals SUFFIX`: no more files of these come. */
export const endarrivals: CommandRow<EndArrivals> = {
  isOwn: true,
  fields: { suffix: name('SUFFIX') },
  does: ({ suffix }, { clockwork }) =>
    clockwork.streams.delete(suffix) ? done : troubled(notThere(suffix, 'arrivals')),
};
