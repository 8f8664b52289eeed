/** Time, waiting, and what must differ each time, as they are handed to whoever needs them. */
export type { Clock, SleepOptions, Timer } from './clock.ts';
export { timeoutSignal } from './timeout-signal.ts';
