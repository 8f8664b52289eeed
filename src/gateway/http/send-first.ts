import type { ByteStream } from '../../stream/index.ts';
import type { Exchange } from './exchange.ts';

/** What is sent as the body of an answer. */
export interface FirstBytes {
  readonly stream: ByteStream;
  readonly lengthBytes: number;
  /** Writes the head of the answer. */
  readonly head: () => void;
}

/**
 * Sends the first bytes of a stream as the body of an answer, and ends the answer. No more of the stream is read than
 * they need. The head is written when the first of them is there: of a stream that fails before, the client can be told.
 *
 * @throws what reading the stream does, and when the stream ends before, so that no client takes what it got for
 * everything; or the client is gone.
 */
export async function sendFirst(
  { request, response, seen }: Exchange,
  { stream, lengthBytes, head }: FirstBytes,
): Promise<void> {
  let leftBytes = lengthBytes;
  let isGone = false;
  let giveUp: (reason: Error) => void = () => undefined;
  const gone = (): void => {
    isGone = true;
    giveUp(new Error('the client is gone'));
  };
  // Memory that is used again must have been taken by the system; of other pieces, some may wait.
  const isReused = stream.pour !== undefined;
  const write = (part: Uint8Array): Promise<void> =>
    new Promise((resolve, reject) => {
      giveUp = reject;
      if (isGone) return gone();
      const taken = (error?: Error | null): void => (error ? reject(error) : resolve());
      if (isReused) return void response.write(part, taken);
      if (response.write(part)) resolve();
      else response.once('drain', resolve);
    });
  const take = async (piece: Uint8Array): Promise<boolean> => {
    const part = piece.subarray(0, leftBytes);
    if (!response.headersSent) head();
    leftBytes -= part.length;
    seen?.sent(part.length);
    await write(part);
    return leftBytes > 0;
  };
  // An answer that waits behind an earlier one of its connection has no socket of its own yet.
  const ends = [response, request.socket];
  for (const end of ends) end.once('close', gone);
  try {
    if (lengthBytes > 0) await (stream.pour?.(take) ?? pourPieces(stream, take));
  } finally {
    for (const end of ends) end.off('close', gone);
  }
  if (leftBytes > 0) throw endedEarly(leftBytes);
  if (!response.headersSent) head();
  response.end();
}

async function pourPieces(
  stream: ByteStream,
  take: (piece: Uint8Array) => Promise<boolean>,
): Promise<void> {
  for await (const piece of stream) if (!(await take(piece))) return;
}

function endedEarly(leftBytes: number): Error {
  return new Error(`the content ended ${leftBytes} bytes early`);
}
