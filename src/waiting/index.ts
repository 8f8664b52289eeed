/**
 * Waiting for what others do: one at a time about a subject, and no longer than a limit. It has timers, and so is
 * nothing for the floors that only compute.
 */
export { within, type TimeLimit } from './within.ts';
export { Turns } from './turns.ts';
