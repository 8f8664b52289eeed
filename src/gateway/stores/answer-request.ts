import type { Key } from '../../key/index.ts';
import type { Reply, Request } from '../../protocol/index.ts';
import type { LockTable } from './lock-table.ts';
import type { ServedStore } from './served-store.ts';

/** Requests that have a reply; a `get` has a content, and a `keepLocked` is the transport's own. */
export type Answerable = Exclude<Request, { verb: 'get' | 'keepLocked' }>;

/** Who asks, as far as an answer depends on it. */
export interface Asker {
  /** The content of a `put`. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives what is aborted when the asker is gone before it has its answer. */
  readonly signal: () => AbortSignal;
  /** Whether the asker will have no answer any more. */
  readonly isGone: () => boolean;
}

/** The reply to a request, whatever transport it came by. */
export async function answerRequest(
  asked: Answerable,
  store: ServedStore,
  locks: LockTable,
  asker: Asker,
): Promise<Reply> {
  switch (asked.verb) {
    case 'checkPresent':
      return { kind: 'present', isPresent: await store.checkPresent(asked.key) };
    case 'put':
      return await put(asked, store, asker);
    case 'putOffset':
      return await store.putOffset(asked.key);
    case 'remove':
      return await store.remove(asked.key, { signal: asker.signal() });
    case 'removeBefore':
      return await store.remove(asked.key, {
        beforeSeconds: asked.timestampSeconds,
        signal: asker.signal(),
      });
    case 'getTimestamp':
      return { kind: 'timestamp', seconds: await store.timestampSeconds() };
    case 'lockContent':
      return await lockContent(asked.key, store, locks, asker);
  }
}

async function put(
  asked: Extract<Request, { verb: 'put' }>,
  store: ServedStore,
  asker: Asker,
): Promise<Reply> {
  const { key, associatedFile, offsetBytes, lengthBytes } = asked;
  if (asked.isDataPresent) return await store.confirmPresent(key, associatedFile);
  const { body } = asker;
  return await store.put({
    key,
    associatedFile,
    offsetBytes,
    lengthBytes,
    body,
    signal: asker.signal(),
  });
}

async function lockContent(
  key: Key,
  store: ServedStore,
  locks: LockTable,
  asker: Asker,
): Promise<Reply> {
  const lock = await store.lock(key);
  if (lock === undefined) return { kind: 'notLocked' };
  // Who is gone will never know the id by which it could end the lock.
  if (locks.isFull || asker.isGone()) {
    await lock.release();
    return { kind: 'notLocked' };
  }
  return { kind: 'locked', lockId: locks.add(lock) };
}
