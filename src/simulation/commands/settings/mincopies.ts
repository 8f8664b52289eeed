import { number } from '../../language/fields.ts';
import { done } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';
import type { Copies } from './numcopies.ts';

/** `mincopies N`: of how many copies a drop must be sure. "Values below 1 become 1" (spec/sim.md section 4.2). */
export const mincopies: CommandRow<Copies> = {
  fields: { count: number('mincopies value') },
  does({ count }, { network }) {
    network.configureAll({ mincopies: Math.max(1, Number(count)) });
    return done;
  },
};
