/** Uploads of the same key at the same time: a client that drips gives way to one that does not. */
export { ClientBody, GaveWayError } from './client-body.ts';
export { inTurns } from './in-turns.ts';
export { RightOfWay, type Floor } from './right-of-way.ts';
