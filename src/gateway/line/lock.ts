import { lineOfReply, type RequestOf } from '../../protocol/index.ts';
import { answerRequest } from '../stores/answer-request.ts';
import type { Gateway } from '../gateway.ts';
import type { LockTable } from '../stores/lock-table.ts';
import type { ServedStore } from '../stores/served-store.ts';
import { brokenSession } from './broken-session.ts';
import { askerOf, messageOf, type SessionParts } from './session-parts.ts';

/**
 * Locks a content until the client unlocks it. Anything else that the client says unlocks it too. A
 * session that breaks leaves the lock to its ten minutes (spec/p2p-line.md sections 4 and 5), and a
 * lock that breaks ends the session, as the protocol has no other way to say so.
 */
export async function answerLock(
  asked: RequestOf<'lockContent'>,
  store: ServedStore,
  session: SessionParts,
): Promise<void> {
  const { input, output, gateway, version } = session;
  const reply = await answerRequest(asked, store, gateway.locks, askerOf(session));
  if (reply.kind !== 'locked') return await output.send(lineOfReply(reply, version));
  const { lockId } = reply;
  let how: 'release' | 'leave' = 'leave';
  try {
    gateway.locks.keep(lockId);
    await output.send(lineOfReply(reply, version));
    const event = await Promise.race([input.next(), ...broken(gateway.locks, lockId)]);
    if (event === undefined) return;
    how = 'release';
    if (messageOf(event, 'UNLOCKCONTENT') === undefined) {
      await output.sendError('expected UNLOCKCONTENT');
    }
  } finally {
    await ended(gateway, lockId, how);
  }
}

/** The client hears nothing of it: an ERROR would be taken for the answer to its next request. */
async function ended(
  { locks, warn }: Gateway,
  lockId: string,
  how: 'release' | 'leave',
): Promise<void> {
  try {
    await locks.end(lockId, how);
  } catch (error) {
    warn('a content lock did not end well', error);
  }
}

/** Rejects when the content may be kept no longer; nothing where that cannot be. */
function broken(locks: LockTable, lockId: string): readonly Promise<never>[] {
  const lost = locks.broken(lockId);
  if (lost === undefined) return [];
  return [
    lost.then((error) => {
      throw brokenSession(`the lock is lost: ${error.message}`, { cause: error });
    }),
  ];
}
