/** What repositories do, file by file (spec/sim.md section 6). */

/** One kind of transfer or drop by one repository; with a file it is an attempt. */
export interface Operation {
  readonly kind: 'get' | 'send' | 'drop';
  /** The repository that acts, and by whose view it acts. */
  readonly actor: number;
  /** The name by which it is asked to. */
  readonly actorName: string;
  /** The repository that is got from, sent to or dropped from; the actor itself for a local drop. */
  readonly other: number;
  readonly otherName: string;
}

/** A content came to a repository, or went. Emitted before the views change. */
export interface SimulationEvent {
  readonly kind: Operation['kind'];
  /** The name of the repository that acts. */
  readonly repository: string;
  /** The name of the other one; `undefined` for a local drop. */
  readonly remote: string | undefined;
  /** The name of the one that has the content from now on, or no more. */
  readonly changed: string;
  readonly file: string;
  /** The number of its key: the same whatever the file is called later. */
  readonly key: number;
  /** What was moved or freed: none by a drop that finds nothing, as the view was behind. */
  readonly bytes: bigint;
  /** When it happened, simulated milliseconds from the beginning; steps take no time. */
  readonly ms: number;
  /** Which question decided, to be explained while the event is handled: later the world is another. */
  readonly why: {
    readonly here: number;
    readonly who: number;
    readonly file: number;
    readonly isGone: boolean;
  };
}

/** What happens besides the transfers and drops that have been done: nearly all of it while time passes. */
export type SimulationHappening = { readonly ms: number } & (
  | {
      /** A transfer begins. Now it can be explained. */
      readonly kind: 'begins';
      readonly event: SimulationEvent;
      /** What is still to come. */
      readonly bytesLeft: number;
    }
  | {
      /** A transfer is broken off, and can be gone on with. */
      readonly kind: 'breaksOff';
      readonly event: SimulationEvent;
      readonly bytesLeft: number;
      /** What had come of it, on this try and earlier ones, and is lost with the disk that it was on. */
      readonly bytesLost: number;
    }
  /** A file came, or there was no place that took it; where it came, or would have. */
  | {
      readonly kind: 'arrives' | 'isTurnedAway';
      readonly file: string;
      readonly bytes: bigint;
      readonly repositories: readonly string[];
    }
  | { readonly kind: 'fails' | 'returns'; readonly repository: string }
  /** A step or a wait ends with nothing left to do for anybody. */
  | { readonly kind: 'settled' }
);
