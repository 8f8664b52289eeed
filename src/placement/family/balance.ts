/** How a balanced term picked, as data. */
import type { Uuid } from '../../units/index.ts';
import type { Picks } from '../world/pick.ts';

/** All of a pick. */
export interface WholePick extends Picks {
  /** How many members are to take the key. */
  readonly number: number;
  /** By the hash of the key, or those with the largest share of free space. */
  readonly by: 'hash' | 'free space';
}

/** A member that could not take the key. */
export interface FullMember {
  readonly repository: Uuid;
  readonly maxsizeBytes: bigint | undefined;
  /**
   * By how much it would be over its maxsize; `undefined` when it has none, which size balance
   * wants.
   */
  readonly overBytes: bigint | undefined;
}

/** How a balanced term picked. */
export interface Balance extends WholePick {
  readonly members: readonly Uuid[];
  /** The members that are no candidates. */
  readonly full: readonly FullMember[];
  /** What is there already stays, so nobody had to be picked. */
  readonly isKept: boolean;
}
