import { number } from '../../language/fields.ts';
import { done } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `numcopies` say. */
export interface Copies {
  readonly count: bigint;
}

/** `numcopies N`: how many copies of each content there shall be. "Values below 1 become 1" (spec/sim.md section 4.2). */
export const numcopies: CommandRow<Copies> = {
  changes: 'everything',
  fields: { count: number('numcopies value') },
  does({ count }, { network }) {
    network.configureAll({ numcopies: Math.max(1, Number(count)) });
    return done;
  },
};
