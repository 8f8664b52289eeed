/**
 * Bytes on their way, with backpressure: the next piece is made when it is asked for. Whoever
 * received a stream either reads it to its end or closes it, also on failure.
 */
export interface ByteStream extends AsyncIterable<Uint8Array> {
  /** Bytes that will come; `undefined` when that is known only at the end. */
  readonly lengthBytes: number | undefined;
  /**
   * Reads the stream in the cheapest way there is, in place of iterating it: each piece is handed
   * to `take`, which resolves when it is done with the piece's memory, with whether it wants more.
   * The memory is then used again. Absent where pieces come in memory of their own anyway.
   */
  readonly pour?: (take: (piece: Uint8Array) => Promise<boolean>) => Promise<void>;
  /** Gives up what has not been read. Harmless at any time and more than once. */
  close(): Promise<void>;
}

/** A stream of pieces that are already in memory. */
export function streamOf(...pieces: readonly Uint8Array[]): ByteStream {
  return {
    lengthBytes: pieces.reduce((sum, piece) => sum + piece.length, 0),
    async *[Symbol.asyncIterator]() {
      yield* pieces;
    },
    close: () => Promise.resolve(),
  };
}

/** A stream without so many first bytes, which are read and forgotten. */
export function withoutFirst(stream: ByteStream, bytes: number): ByteStream {
  if (bytes === 0) return stream;
  return {
    lengthBytes: undefined,
    async *[Symbol.asyncIterator]() {
      let left = bytes;
      for await (const piece of stream) {
        if (left >= piece.length) left -= piece.length;
        else {
          yield piece.subarray(left);
          left = 0;
        }
      }
    },
    close: () => stream.close(),
  };
}
