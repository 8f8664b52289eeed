import { lineOfReply, type RequestOf } from '../../protocol/index.ts';
import { answerRequest } from '../answer-request.ts';
import type { ServedStore } from '../served-store.ts';
import { messageOf, type SessionParts } from './session-parts.ts';

/**
 * Locks a content until the client unlocks it. Anything else that the client says unlocks it too. A
 * session that breaks leaves the lock to its ten minutes (spec/p2p-line.md sections 4 and 5).
 */
export async function answerLock(
  asked: RequestOf<'lockContent'>,
  store: ServedStore,
  session: SessionParts,
): Promise<void> {
  const { input, output, gateway, version, signal } = session;
  const body = { async *[Symbol.asyncIterator]() {} };
  const asker = { body, signal: () => signal, isGone: () => signal.aborted };
  const reply = await answerRequest(asked, store, gateway.locks, asker);
  if (reply.kind !== 'locked') return await output.send(lineOfReply(reply, version));
  const { lockId } = reply;
  let how: 'release' | 'leave' = 'leave';
  try {
    gateway.locks.keep(lockId);
    await output.send(lineOfReply(reply, version));
    const event = await input.next();
    if (event === undefined) return;
    how = 'release';
    if (messageOf(event, 'UNLOCKCONTENT') === undefined) {
      await output.sendError('expected UNLOCKCONTENT');
    }
  } finally {
    await gateway.locks.end(lockId, how);
  }
}
