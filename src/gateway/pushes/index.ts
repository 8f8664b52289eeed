/**
 * Pushes to a repository: what comes for refs named git-annex is received in a quarantine, merged line
 * by line, and shown. Everything else of a push is git's own.
 */
export { appendFilter } from './append-filter.ts';
export { Push } from './push.ts';
export { feedPush, writeTo } from './feed-push.ts';
export type { NotePush, Pusher } from './push-record.ts';
export { clearQuarantine, hidingOwnRefs, isOwnRef } from './quarantine.ts';
export { repositoryTroubles } from '../notices/unread-logs.ts';
