import type { IncomingMessage } from 'node:http';
import { KeepLockedScanner } from '../../protocol/index.ts';
import { bufferOf } from '../../repository/index.ts';
import type { LockTable } from '../stores/lock-table.ts';

/**
 * Keeps a lock for as long as the body goes on: until it says to unlock, ends, or holds something
 * else than it should. A connection that breaks off leaves the lock for its ten minutes: the
 * published protocol over the reference server, which drops it at once (decision 2 in
 * docs/decisions.md). Whoever comes back with the id within them may end it (decision 12).
 */
export async function keepLocked(
  request: IncomingMessage,
  lockId: string,
  locks: LockTable,
): Promise<void> {
  locks.keep(lockId);
  let isLost = false;
  // The client learns by it that it has no lock any more.
  void locks.broken(lockId)?.then((error) => {
    isLost = true;
    request.destroy(error);
  });
  const scanner = new KeepLockedScanner();
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      if (scanner.endsLock(bufferOf(piece))) break;
    }
    request.resume();
    await locks.end(lockId, 'release');
  } catch (error) {
    await (isLost ? locks.end(lockId, 'leave') : locks.leave(lockId));
    throw error;
  }
}
