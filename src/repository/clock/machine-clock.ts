import { randomBytes, randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Clock, SleepOptions } from '../../clock/index.ts';

/** The clock, the timers and the randomness of this machine. */
export const machineClock: Clock = {
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
  after: (milliseconds, act) => setTimeout(act, milliseconds),
  every: (milliseconds, act) => setInterval(act, milliseconds),
  sleep,
  turn: () => setImmediate(),
  uuid: () => randomUUID(),
  bytes: (count) => randomBytes(count),
  random: () => Math.random(),
};

function sleep(milliseconds: number, { signal, isIdle }: SleepOptions = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const giveUp = (): void => {
      timer.close();
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp);
      resolve();
    }, milliseconds);
    if (isIdle === true) timer.unref();
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
