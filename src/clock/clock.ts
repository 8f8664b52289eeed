/** Something that is to happen later. What Node gives for its own timers is one. */
export interface Timer {
  /** What was to happen does not any more, or not again. May be called at any time, and again. */
  close(): unknown;
  /** A process that has nothing else to do need not wait for it. */
  unref(): unknown;
}

/** How to sleep. */
export interface SleepOptions {
  /** Ends the sleep, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whether a process that has nothing else to do may end meanwhile. Default: false. */
  readonly isIdle?: boolean;
}

/**
 * All that a program can know of time, and all that it does by itself or otherwise each time: with
 * another one in its place the same program runs in imagined time, and the same way again. Nothing
 * asks the machine for these but the clock that stands for it.
 */
export interface Clock {
  /** What people call the time: milliseconds since 1970 in UTC. Somebody may set it back. */
  wallMs(): number;
  /** Milliseconds since some moment of the past, with fractions. Never goes back. */
  steadyMs(): number;
  /** Calls once, when so many milliseconds are over. */
  after(milliseconds: number, act: () => void): Timer;
  /** Calls again and again, each time when so many milliseconds are over. */
  every(milliseconds: number, act: () => void): Timer;
  /** Resolves when so many milliseconds are over. */
  sleep(milliseconds: number, options?: SleepOptions): Promise<void>;
  /** Resolves when all else that can go on now has had its turn. */
  turn(): Promise<void>;
  /** A random UUID of version 4, which nobody can guess. */
  uuid(): string;
  /** So many random bytes, which nobody can guess. */
  bytes(count: number): Uint8Array;
  /** A number from 0 to below 1, for what may be guessed. */
  random(): number;
}
