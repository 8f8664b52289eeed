import type { Connection } from './connection.ts';
import { Speeds } from './speeds.ts';

/** Files that come while time passes, to which repositories. */
export interface Arrivals {
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

/** Files that come, and when the next one does. */
export interface ArrivalStream {
  readonly arrivals: Arrivals;
  /** How many came, or would have. */
  count: number;
  atMs: number;
}

/** A repository that fails and returns by chance. */
export interface Outages {
  readonly repository: number;
  readonly name: string;
  readonly upMs: number;
  readonly downMs: number;
  /** When it changes next. */
  atMs: number;
}

/** How late it can be, milliseconds: beyond it, times could not be told apart. */
export const clockMsMax: number = 2 ** 52;

/** When something ends that nobody sees the end of: later than it can be, and still a whole number. */
export const neverMs: number = Number.MAX_SAFE_INTEGER;

/** Everything that goes on while time passes. The time itself is the clock's. */
export class Clockwork {
  readonly speeds: Speeds = new Speeds();
  /** How long a connection rests after a round, at least. */
  syncEveryMs = 60_000;
  /** By the name of who acts and that of the remote. */
  readonly connections: Map<string, Connection> = new Map();
  /** By suffix. */
  readonly streams: Map<string, ArrivalStream> = new Map();
  /** By repository. */
  readonly outages: Map<number, Outages> = new Map();
  /** What came of contents before a transfer broke off: by target and key. */
  readonly partials: Map<string, number> = new Map();
  /** When the wait under way began. */
  startedMs = 0;
  /** When something was moved, dropped or added last. */
  lastChangeMs = 0;
}

/** Where the part of a content is noted. */
export function partialOf(target: number, key: number): string {
  return `${target} ${key}`;
}
