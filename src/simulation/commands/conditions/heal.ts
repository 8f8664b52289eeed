import { done } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** `heal`: ends all partitions. */
export const heal: CommandRow<object> = {
  isOwn: true,
  fields: {},
  does(_, { network }) {
    network.reach.heal();
    return done;
  },
};
