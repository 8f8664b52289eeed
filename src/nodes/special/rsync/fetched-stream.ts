import type { Clock } from '../../../clock/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import type { RsyncChild } from './rsync-child.ts';
import type { ScratchFile } from './scratch.ts';

/** Bytes that are read at once. */
const pieceBytes = 256 * 1024;

/** How often a file is looked at while it grows, milliseconds. */
const pauseMs = 20;

/** What is read while rsync fetches it. */
export interface Fetched {
  readonly child: RsyncChild;
  readonly scratch: ScratchFile;
  readonly fromByte: number;
  readonly sizeBytes: number;
  readonly clock: Clock;
}

/**
 * A temporary file as it grows. The last byte waits for rsync, which says at its end only whether all was
 * right.
 */
export function fetchedStream({ child, scratch, fromByte, sizeBytes, clock }: Fetched): ByteStream {
  let ending: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ending ??= (async () => {
      child.kill();
      await child.ended();
      await scratch.end();
    })();
    return ending;
  };
  return {
    lengthBytes: Math.max(0, sizeBytes - fromByte),
    close,
    async *[Symbol.asyncIterator]() {
      let position = fromByte;
      try {
        for (;;) {
          const isWhole = child.hasEnded;
          if (isWhole) await child.succeeded();
          const limitBytes = isWhole ? pieceBytes : sizeBytes - 1 - position;
          // Whoever reads it may keep it, so that each has bytes of its own.
          const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(pieceBytes, limitBytes)));
          const bytes = buffer.length === 0 ? 0 : await scratch.file.read(buffer, position);
          position += bytes;
          if (bytes > 0) yield buffer.subarray(0, bytes);
          else if (isWhole) return;
          else await Promise.race([child.ended(), clock.sleep(pauseMs, { isIdle: true })]);
        }
      } finally {
        await close();
      }
    },
  };
}
