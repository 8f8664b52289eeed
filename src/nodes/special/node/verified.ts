import type { Verifier } from '../../../key/index.ts';
import type { ByteStream } from '../../../stream/index.ts';

/** What a stream has to be. */
export interface Expected {
  /** Bytes that it has. */
  readonly lengthBytes: number;
  /** Judges them, from the first byte of the content on; `undefined` where only their number is known. */
  readonly verifier: Verifier | undefined;
  /** What is thrown for bytes that are not the content. */
  readonly wrong: (how: string) => Error;
}

/**
 * A stream whose last bytes are given only when all of it was right: whoever reads it to its end has the
 * content, and of a wrong one nobody gets all.
 */
export function verified(stream: ByteStream, expected: Expected): ByteStream {
  const { lengthBytes, verifier, wrong } = expected;
  return {
    lengthBytes,
    async *[Symbol.asyncIterator]() {
      let position = 0;
      for await (const piece of stream) {
        position += piece.length;
        if (position > lengthBytes) throw wrong('is longer than it should be');
        verifier?.update(piece);
        if (position === lengthBytes && verifier?.matches() === false)
          throw wrong('has another hash');
        yield piece;
      }
      if (position < lengthBytes) throw wrong(`ends after ${position} bytes`);
      if (lengthBytes === 0 && verifier?.matches() === false) throw wrong('has another hash');
    },
    close: () => stream.close(),
  };
}
