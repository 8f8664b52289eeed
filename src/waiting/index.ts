/**
 * Waiting for what others do: one at a time about a subject, no longer than a limit, and no longer than a signal lets. It
 * has timers, and so is nothing for the floors that only compute.
 */
export { within, type TimeLimit } from './within.ts';
export { withOwnSignal } from './own-signal.ts';
export { Turns } from './turns.ts';
