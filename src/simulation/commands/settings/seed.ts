import { number } from '../../language/fields.ts';
import { done } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `seed` say. */
export interface SetSeed {
  readonly seed: bigint;
}

/** `seed N`: where chance begins. */
export const seed: CommandRow<SetSeed> = {
  fields: { seed: number('seed value') },
  does({ seed }, { randomness }) {
    randomness.seed = seed;
    return done;
  },
};
