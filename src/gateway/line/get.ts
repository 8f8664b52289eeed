import type { StoredContent } from '../../nodes/index.ts';
import { hasFeature, type RequestOf } from '../../protocol/index.ts';
import type { ServedStore } from '../served-store.ts';
import { BrokenSessionError } from './broken-session.ts';
import { messageOf, type SessionParts } from './session-parts.ts';

/**
 * Sends a content and takes the client's verdict on it, to which there is no answer. An absent one is
 * no bytes, and INVALID (spec/p2p-line.md section 5, GET).
 */
export async function answerGet(
  asked: RequestOf<'get'>,
  store: ServedStore,
  session: SessionParts,
): Promise<void> {
  const content = await store.get(asked.key, asked.offsetBytes);
  if (content === undefined) await session.output.send({ word: 'DATA', lengthBytes: 0 });
  else await sendContent(content, asked.offsetBytes, session);
  if (hasFeature(session.version, 'validity')) {
    await session.output.send({ word: content === undefined ? 'INVALID' : 'VALID' });
  }
  await takeVerdict(session);
}

/**
 * Exactly the announced bytes. When the content gives fewer, the client waits for bytes that nobody
 * has: the session breaks, and the client keeps what it got, as with the reference server.
 */
async function sendContent(
  content: StoredContent,
  offsetBytes: number,
  { output, signal }: SessionParts,
): Promise<void> {
  let leftBytes = Math.max(0, content.sizeBytes - offsetBytes);
  try {
    await output.send({ word: 'DATA', lengthBytes: leftBytes });
    for await (const piece of content.stream) {
      if (signal.aborted) throw new BrokenSessionError('the session was told to end');
      const bytes = piece.subarray(0, leftBytes);
      await output.sendBytes(bytes);
      leftBytes -= bytes.length;
      if (leftBytes === 0) break;
    }
  } catch (error) {
    if (error instanceof BrokenSessionError) throw error;
    throw new BrokenSessionError('the content could not be read to its end', { cause: error });
  } finally {
    await content.stream.close();
  }
  if (leftBytes > 0) throw new BrokenSessionError('the content became shorter while it was sent');
}

/** Anything else than a verdict is swallowed with an ERROR (spec/p2p-line.md section 4). */
async function takeVerdict({ input, output, version }: SessionParts): Promise<void> {
  const event = await input.next();
  if (event === undefined) return;
  if (messageOf(event, 'SUCCESS', 'FAILURE', 'SUCCESS-PLUS', 'FAILURE-PLUS', 'ERROR')) return;
  await output.sendError(
    hasFeature(version, 'plusUuids')
      ? 'expected SUCCESS or SUCCESS-PLUS or FAILURE or FAILURE-PLUS'
      : 'expected SUCCESS or FAILURE',
  );
}
