import type { SimulationState } from '../state/state.ts';
import type { Numbers } from './numbers.ts';
import type { PutBack } from './put-back.ts';

/** One part of a saved state: some fields of it, their shape, how they are written and how they are put back. */
export interface SavedPart {
  /** The fields, as values of JSON. */
  readonly save: (state: SimulationState) => object;
  /**
   * @param whole all of what was saved, of which a part reads its own fields.
   * @throws Misfit when these are not what they should be.
   */
  readonly read: (whole: unknown, numbers: Numbers) => PutBack;
}
