/** `seed N`: where chance begins. */
import { number } from '../../language/fields.ts';
import { done } from '../../state/state.ts';
import type { Row } from '../row.ts';

export interface SetSeed {
  readonly seed: bigint;
}

export const seed: Row<SetSeed> = {
  fields: { seed: number('seed value') },
  does({ seed }, { randomness }) {
    randomness.seed = seed;
    return done;
  },
};
