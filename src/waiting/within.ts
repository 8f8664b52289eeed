import type { Clock, Timer } from '../clock/index.ts';

/** How long something may take, and what then. */
export interface TimeLimit<T> {
  readonly clock: Clock;
  readonly limitMs: number;
  /** The error in place of an answer. */
  readonly error: () => Error;
  /** Takes back what comes after all: a lock that nobody holds, a stream that nobody reads. */
  readonly late?: (value: T) => Promise<void>;
}

/** What a promise gives, if it does so in time. */
export async function within<T>(promise: Promise<T>, limit: TimeLimit<T>): Promise<T> {
  let isLate = false;
  let timer: Timer | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = limit.clock.after(limit.limitMs, () => {
      isLate = true;
      reject(limit.error());
    });
  });
  // What comes late, a failure too, is nobody's answer any more.
  promise.then((value) => (isLate ? limit.late?.(value) : undefined)).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer?.close();
  }
}
