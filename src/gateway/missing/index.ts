/**
 * Copies that acknowledged uploads to clusters should have made and have not, since a node was away
 * or failed: remembered durably, told, and forgotten when they are there.
 */
export { MissingCopies } from './missing-copies.ts';
export { type MissingCopy } from './missing-copy.ts';
export { Shortfall } from './shortfall.ts';
