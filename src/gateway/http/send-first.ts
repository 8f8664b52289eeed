import { pipeline } from 'node:stream/promises';
import type { ByteStream } from '../../stream/index.ts';
import type { Exchange } from './exchange.ts';

/**
 * Sends the first bytes of a stream as the body of an answer whose head is written, and ends the
 * answer. No more of the stream is read than they need.
 *
 * @throws when the stream ends before, so that no client takes what it got for everything; or the
 * client is gone.
 */
export async function sendFirst(
  exchange: Exchange,
  stream: ByteStream,
  lengthBytes: number,
): Promise<void> {
  const { response, seen } = exchange;
  if (stream.pour !== undefined && lengthBytes > 0) {
    return await pourFirst(exchange, stream.pour, lengthBytes);
  }
  const sent = (bytes: number): void => seen?.sent(bytes);
  await pipeline(firstOf(stream, lengthBytes, sent), response);
}

/** Each piece is sent when the system has taken the one before. */
async function pourFirst(
  { request, response, seen }: Exchange,
  pour: NonNullable<ByteStream['pour']>,
  lengthBytes: number,
): Promise<void> {
  let leftBytes = lengthBytes;
  let isGone = false;
  let giveUp: (reason: Error) => void = () => undefined;
  const gone = (): void => {
    isGone = true;
    giveUp(new Error('the client is gone'));
  };
  const write = (part: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      giveUp = reject;
      if (isGone) return gone();
      response.write(part, (error) => (error ? reject(error) : resolve()));
    });
  // An answer that waits behind an earlier one of its connection has no socket of its own yet.
  const ends = [response, request.socket];
  for (const end of ends) end.once('close', gone);
  try {
    await pour(async (piece) => {
      const part = piece.subarray(0, leftBytes);
      leftBytes -= part.length;
      seen?.sent(part.length);
      await write(part);
      return leftBytes > 0;
    });
  } finally {
    for (const end of ends) end.off('close', gone);
  }
  if (leftBytes > 0) throw endedEarly(leftBytes);
  response.end();
}

async function* firstOf(
  stream: ByteStream,
  lengthBytes: number,
  sent: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let leftBytes = lengthBytes;
  if (leftBytes === 0) return;
  for await (const piece of stream) {
    const part = piece.length > leftBytes ? piece.subarray(0, leftBytes) : piece;
    leftBytes -= part.length;
    sent(part.length);
    yield part;
    if (leftBytes === 0) return;
  }
  throw endedEarly(leftBytes);
}

function endedEarly(leftBytes: number): Error {
  return new Error(`the content ended ${leftBytes} bytes early`);
}
