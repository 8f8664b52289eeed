/** The commands that git-annex's simulator lacks: files, conditions and time. Durations are milliseconds. */
import type { Uuid } from '../../../units/index.ts';
import type { Arrow } from '../arrow.ts';

export type OwnCommand =
  | {
      readonly kind: 'inituuid' | 'initremoteuuid';
      readonly name: string;
      readonly uuid: Uuid;
    }
  | {
      readonly kind: 'addkey';
      readonly file: string;
      /** Serialized. */
      readonly key: string;
      readonly repositories: readonly string[];
    }
  | { readonly kind: 'remove'; readonly file: string }
  | { readonly kind: 'rename'; readonly file: string; readonly name: string }
  | {
      readonly kind: 'speed';
      readonly left: string;
      readonly arrow: Arrow;
      readonly right: string;
      readonly bytesPerSecond: bigint;
      readonly latencyMs: number;
    }
  | { readonly kind: 'disk'; readonly repository: string; readonly sizeBytes: bigint }
  | { readonly kind: 'down' | 'up' | 'lose'; readonly repository: string }
  | { readonly kind: 'endoutages'; readonly repository: string }
  /** Means of how long it is up and down. */
  | {
      readonly kind: 'outages';
      readonly repository: string;
      readonly upMs: number;
      readonly downMs: number;
    }
  | { readonly kind: 'partition'; readonly sides: readonly (readonly string[])[] }
  | { readonly kind: 'heal' }
  /** What goes to a cluster node goes through a repository, its gateway. */
  | { readonly kind: 'via'; readonly node: string; readonly repository: string }
  | Arrivals
  | { readonly kind: 'endarrivals'; readonly suffix: string }
  | { readonly kind: 'syncevery'; readonly durationMs: number }
  | { readonly kind: 'wait' | 'waitstable'; readonly durationMs: number };

/** Files that come while time passes. */
export interface Arrivals {
  readonly kind: 'arrivals';
  readonly suffix: string;
  readonly leastBytes: bigint;
  readonly mostBytes: bigint;
  /** Every size as likely as any other; or twice the size half as often, up to the most. */
  readonly sizes: 'uniform' | 'pareto';
  /** At any time as likely as at any other, or one interval after the other. */
  readonly times: 'poisson' | 'steady';
  /** Between two files, in the mean. */
  readonly intervalMs: number;
  readonly repositories: readonly string[];
}
