import type { TrustLevel } from '../placement/index.ts';
import type { SimulationEvent } from '../simulation/index.ts';
import type { Spell } from './spells.ts';

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
  /** What fitted on its disk in the end; `undefined` where that had no end. */
  readonly diskBytes: bigint | undefined;
  /** The most that it ever held, of what its disk had room for then; `undefined` without a disk's size. */
  readonly fullestOfDisk: number | undefined;
  /** How long nobody reached it, simulated milliseconds, and when. */
  readonly downMs: number;
  /** Where it changed very often, short spells of being up are left out. */
  readonly downSpells: readonly Spell[];
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

/** What happened, besides transfers and drops. */
export type RecordedHappening =
  /** A file came to repositories, or would have come to them and had no room. */
  | {
      readonly kind: 'arrives' | 'isTurnedAway';
      readonly file: string;
      readonly bytes: number;
      readonly places: readonly number[];
    }
  /** `loses` is for all that it held. */
  | { readonly kind: 'fails' | 'returns' | 'loses'; readonly place: number };

/** How everything stood after so many actions. */
export interface RecordedMoment {
  readonly action: number;
  /** Actions and happenings up to here. */
  readonly turn: number;
  /** Simulated time, milliseconds. */
  readonly ms: number;
  /** Bytes that each repository really held, by place; those that came later are missing. */
  readonly heldBytes: readonly number[];
  /** Files of which there were fewer copies than numcopies. */
  readonly below: number;
  /** Places of repositories that were down. */
  readonly down: readonly number[];
  /** The action that led here; `undefined` when commands did, or something happened. */
  readonly move: RecordedMove | undefined;
  readonly happening: RecordedHappening | undefined;
}

/** What was moved from one repository to another in all. */
export interface RecordedTraffic {
  readonly from: number;
  readonly to: number;
  readonly transfers: number;
  readonly bytes: bigint;
  /**
   * How long anything was under way, from when a transfer was begun until it came or broke off: simulated
   * milliseconds. What passes a gateway may have to wait for the one half of its way or the other.
   */
  readonly busyMs: number;
}

/** Transfers that broke off, and bytes that had come by then: each is in one of the sums. */
export interface RecordedBreaks {
  readonly transfers: number;
  /** With these a later transfer went on, and the content has come. */
  readonly goneOnBytes: bigint;
  /** Bytes that went with the disk that they were on, or a later transfer began anew in spite of them. */
  readonly againBytes: bigint;
  /** Bytes that lie where they were to go, to be gone on with. */
  readonly unfinishedBytes: bigint;
}

/** What time brought; all times are simulated, in milliseconds. */
export interface RecordedTime {
  readonly startMs: number;
  readonly endMs: number;
  /** When something was moved, dropped or added last; `startMs` when nothing was. */
  readonly lastChangeMs: number;
  /** How long any file was below numcopies. */
  readonly belowMs: number;
  readonly brokenOff: RecordedBreaks;
  /** Files that came and had no place to go to. */
  readonly turnedAway: { readonly files: number; readonly bytes: bigint };
}

/** Whether time has passed in a run. */
export function isTimed({ time }: Pick<SimulationRecording, 'time'>): boolean {
  return time.endMs > time.startMs;
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
  /** Files of which no copy is left anywhere. */
  readonly lostFiles: number;
  readonly numcopies: number;
  /** Most files that were ever below numcopies. */
  readonly belowMost: number;
  /** After how many actions files were below numcopies. */
  readonly belowActions: number;
  readonly repositories: readonly RecordedRepository[];
  readonly time: RecordedTime;
  /** Arrivals, failures and the like. */
  readonly happenings: number;
  /** Pairs between which something moved or was to, by `from`, then `to`. */
  readonly traffic: readonly RecordedTraffic[];
  /** In order; the first is how it began, the last how it ended. */
  readonly moments: readonly RecordedMoment[];
  /** Every so manieth action or happening has a moment: 1 for all. */
  readonly momentEvery: number;
}
