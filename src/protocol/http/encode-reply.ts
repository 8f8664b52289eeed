import type { Reply } from '../reply.ts';
import { plusUuidsSince, type ProtocolVersion } from '../version.ts';

/** Content type of every JSON reply, spelt as the reference server does. */
export const jsonContentType = 'application/json;charset=utf-8';

/**
 * The JSON body of a reply. `plusuuids` is always there from version 2 on and never before, since
 * the client requires it (spec/p2p-http.md section 1).
 */
export function encodeReply(reply: Reply, version: ProtocolVersion): string {
  const plusUuids = (uuids: readonly string[]): { plusuuids?: readonly string[] } =>
    version >= plusUuidsSince ? { plusuuids: uuids } : {};
  switch (reply.kind) {
    case 'present':
      return JSON.stringify({ present: reply.isPresent });
    case 'stored':
      return JSON.stringify({ ...plusUuids(reply.alsoIn), stored: reply.isStored });
    case 'putFrom':
      return JSON.stringify({ offset: reply.offsetBytes });
    case 'alreadyHave':
      return JSON.stringify({ alreadyhave: true, ...plusUuids(reply.alsoIn) });
    case 'removed':
      return JSON.stringify({ ...plusUuids(reply.alsoIn), removed: reply.isRemoved });
    case 'timestamp':
      return JSON.stringify({ timestamp: reply.seconds });
    case 'locked':
      return JSON.stringify({ locked: true, lockid: reply.lockId });
    case 'notLocked':
      return JSON.stringify({ locked: false });
  }
}
