import { done } from '../../state/state.ts';
import type { Row } from '../row.ts';

/** `heal`: ends all partitions. */
export const heal: Row<object> = {
  isOwn: true,
  fields: {},
  does(_, { network }) {
    network.reach.heal();
    return done;
  },
};
