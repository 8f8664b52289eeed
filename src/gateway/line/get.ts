import { namesItsContent } from '../../key/index.ts';
import { isContentChanged, type StoredContent } from '../../nodes/index.ts';
import { hasFeature, type RequestOf } from '../../protocol/index.ts';
import type { ServedStore } from '../stores/served-store.ts';
import { brokenSession, isBrokenSession } from './broken-session.ts';
import type { LineOutput } from './line-output.ts';
import { messageOf, type SessionParts } from './session-parts.ts';

/**
 * Most bytes that stand for those of a content that changed, so that the session can go on; where
 * more are missing, a new session costs less.
 */
const fillBytesMax = 64 * 1024 * 1024;

/** How many of them are sent at once. */
const fill = new Uint8Array(64 * 1024);

/**
 * Sends a content and takes the client's verdict on it, to which there is no answer. An absent one
 * is no bytes, and INVALID (spec/p2p-line.md section 5, GET).
 */
export async function answerGet(
  asked: RequestOf<'get'>,
  store: ServedStore,
  session: SessionParts,
): Promise<void> {
  const { output, version } = session;
  const content = await store.get(asked.key, asked.offsetBytes);
  if (content === undefined) await output.send({ word: 'DATA', lengthBytes: 0 });
  const isValid = content !== undefined && (await sendContent(content, asked, session));
  if (hasFeature(version, 'validity')) await output.send({ word: isValid ? 'VALID' : 'INVALID' });
  await takeVerdict(session);
}

/**
 * Exactly the announced bytes; whether they are the content's. Where they cannot be sent, the
 * client would wait for bytes that nobody has: the session breaks, and the client keeps what it
 * got, as with the reference server.
 */
async function sendContent(
  content: StoredContent,
  { key, offsetBytes }: RequestOf<'get'>,
  { output, version, signal }: SessionParts,
): Promise<boolean> {
  let leftBytes = Math.max(0, content.sizeBytes - offsetBytes);
  try {
    await output.send({ word: 'DATA', lengthBytes: leftBytes });
    for await (const piece of content.stream) {
      if (signal.aborted) throw brokenSession('the session was told to end');
      const bytes = piece.subarray(0, leftBytes);
      await output.sendBytes(bytes);
      leftBytes -= bytes.length;
      if (leftBytes === 0) return true;
    }
  } catch (error) {
    if (isBrokenSession(error)) throw error;
    // The real client goes by the size where there is no hash, even after INVALID.
    const isTold = hasFeature(version, 'validity') && namesItsContent(key);
    if (isTold && isContentChanged(error) && leftBytes <= fillBytesMax) {
      await sendFill(leftBytes, output);
      return false;
    }
    const why = error instanceof Error ? error.message : String(error);
    throw brokenSession(`the content could not be read to its end: ${why}`, { cause: error });
  } finally {
    await content.stream.close();
  }
  if (leftBytes === 0) return true;
  throw brokenSession('the content became shorter while it was sent');
}

async function sendFill(lengthBytes: number, output: LineOutput): Promise<void> {
  for (let leftBytes = lengthBytes; leftBytes > 0; leftBytes -= fill.length) {
    await output.sendBytes(fill.subarray(0, leftBytes));
  }
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
