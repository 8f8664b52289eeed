/**
 * Contents that are read again and hashed, as nothing else would notice that one has rotted: how far that is
 * at each node, what is done about what is not as it should be, and when.
 */
export type { CopyFinding } from './copy-mender.ts';
export { findingWords } from './finding-words.ts';
export { ReadingPace } from './reading-pace.ts';
export { ScrubSchedule, scrubBytesPerSDefault, type ScrubSettings } from './scrub-schedule.ts';
export { Scrubbing } from './scrubbing.ts';
export { dayMs } from './walk-state.ts';
