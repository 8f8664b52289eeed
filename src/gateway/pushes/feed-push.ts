import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Push } from './push.ts';
import { BallastError, isErrorCode } from '../../units/index.ts';

/**
 * Gives git what the client of a push sends, no faster than it reads. What git does not read any more
 * is forgotten; its exit status tells why.
 *
 * @returns why git must not get any of it; it has to be ended then.
 */
export async function feedPush(
  push: Push,
  pieces: AsyncIterable<Uint8Array>,
  stdin: Writable,
): Promise<BallastError | undefined> {
  try {
    for await (const piece of pieces) {
      for (const bytes of push.request.take(piece)) await writeTo(stdin, bytes);
      if (stdin.destroyed) return undefined;
    }
    stdin.end();
    return undefined;
  } catch (error) {
    if (error instanceof BallastError && isErrorCode(error, 'PUSH_REFUSED')) return error;
    throw error;
  }
}

/** Writes, and waits until there is room for more or the reader is gone. */
export async function writeTo(stream: Writable, bytes: Uint8Array): Promise<void> {
  if (stream.destroyed || stream.write(bytes)) return;
  const stop = new AbortController();
  const closed = once(stream, 'close', { signal: stop.signal }).catch(() => undefined);
  const drained = once(stream, 'drain', { signal: stop.signal }).catch(() => undefined);
  await Promise.race([closed, drained]);
  stop.abort();
}
