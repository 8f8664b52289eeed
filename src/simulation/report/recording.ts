import type { TrustLevel } from '../../placement/index.ts';
import type { SimulationEvent } from '../run/deeds.ts';

/** A repository as it was when the run ended; others speak of it by its place in the list. */
export interface RecordedRepository {
  readonly name: string;
  readonly isSpecialRemote: boolean;
  readonly trust: TrustLevel;
  readonly groups: readonly string[];
  readonly wanted: string | undefined;
  readonly required: string | undefined;
  readonly maxsizeBytes: bigint | undefined;
  /** Places of its remotes, those left out that are no repositories. */
  readonly remotes: readonly number[];
  /** What it really holds. */
  readonly heldBytes: bigint;
  readonly heldKeys: number;
}

/** What one action did. */
export interface RecordedMove {
  readonly kind: SimulationEvent['kind'];
  /** Where the content was, as places of repositories. */
  readonly from: number;
  /** Where it came to; `undefined` when it was dropped. */
  readonly to: number | undefined;
  /** Who did it. */
  readonly actor: number;
  readonly file: string;
  readonly bytes: number;
  /** The command that it was part of, as it was written. */
  readonly command: string;
  /** What the evaluator said, in lines. */
  readonly why: string;
}

/** How everything stood after so many actions. */
export interface RecordedMoment {
  readonly action: number;
  /** Bytes that each repository really held, by place; those that came later are missing. */
  readonly heldBytes: readonly number[];
  /** Files of which there were fewer copies than numcopies. */
  readonly below: number;
  /** The action that led here; `undefined` when commands did. */
  readonly move: RecordedMove | undefined;
}

/** What was moved from one repository to another in all. */
export interface RecordedTraffic {
  readonly from: number;
  readonly to: number;
  readonly transfers: number;
  readonly bytes: bigint;
}

/** A run, as much of it as pictures and sums need: its size has a bound. */
export interface SimulationRecording {
  /** `undefined` when no step was run since the last change by hand. */
  readonly isSettled: boolean | undefined;
  readonly hasFailed: boolean;
  /** Transfers and drops. */
  readonly actions: number;
  readonly transfers: number;
  readonly drops: number;
  readonly movedBytes: bigint;
  /** Of these, what need not have been moved: see `Waste`. */
  readonly wastedBytes: bigint;
  readonly files: number;
  readonly numcopies: number;
  /** Most files that were ever below numcopies. */
  readonly belowMost: number;
  /** After how many actions files were below numcopies. */
  readonly belowActions: number;
  readonly repositories: readonly RecordedRepository[];
  /** Pairs between which something moved, by `from`, then `to`. */
  readonly traffic: readonly RecordedTraffic[];
  /** In order; the first is how it began, the last how it ended. */
  readonly moments: readonly RecordedMoment[];
  /** Every so manieth action has a moment: 1 for all. */
  readonly momentEvery: number;
}
