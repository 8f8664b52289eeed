/** `endarrivals SUFFIX`: no more files of these come. */
import { notThere } from '../../acts/troubles.ts';
import { name } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { Row } from '../row.ts';

export interface EndArrivals {
  readonly suffix: string;
}

export const endarrivals: Row<EndArrivals> = {
  isOwn: true,
  fields: { suffix: name('SUFFIX') },
  does: ({ suffix }, { clockwork }) =>
    clockwork.streams.delete(suffix) ? done : troubled(notThere(suffix, 'arrivals')),
};
