/**
 * What is noted of an act at a node before it is begun, and looked at after a crash, so that disks
 * and location logs agree before anything is placed by them.
 */
export { IntentBook, noNotes, type Intent, type IntentNotes } from './intent-book.ts';
export type { IntendedAct } from './intent-text.ts';
export { doubtGivenUp, noted } from './noted.ts';
export { settleEveryMs, type Settling } from './settling.ts';
export { settlingFor } from './settling-for.ts';
