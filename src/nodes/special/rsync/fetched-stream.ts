import type { Clock } from '../../../clock/index.ts';
import type { Key } from '../../../key/index.ts';
import { streamOf, type ByteStream } from '../../../stream/index.ts';
import type { PassingFiles } from '../files/passing-files.ts';
import type { RsyncChild } from './rsync-child.ts';
import type { Rsync } from './rsync.ts';
import { makeScratchFile, type ScratchFile } from './scratch.ts';

/** Bytes that are read at once. */
const pieceBytes = 256 * 1024;

/** How often a file is looked at while it grows, milliseconds. */
const pauseMs = 20;

/** What files are fetched by. */
export interface FetchParts {
  readonly rsync: Rsync;
  readonly files: PassingFiles;
  readonly clock: Clock;
}

/**
 * A file of a remote from a byte on, which passes through a temporary file.
 *
 * @param key what errors name it by.
 * @param file.sizeBytes what it has on the remote.
 * @throws NOT_ENOUGH_SPACE
 */
export async function fetchedFile(
  key: Key,
  file: { readonly path: string; readonly sizeBytes: number; readonly fromByte: number },
  { rsync, files, clock }: FetchParts,
): Promise<ByteStream> {
  const { path, sizeBytes, fromByte } = file;
  if (fromByte >= sizeBytes) return streamOf();
  const scratch = await makeScratchFile(files, key, { path, expectedBytes: sizeBytes - fromByte });
  try {
    // What is not asked for is a hole, to which rsync appends the rest.
    await scratch.file.truncate(fromByte);
    const child = rsync.fetch(path, scratch.path, fromByte > 0);
    return fetchedStream({ child, scratch, fromByte, sizeBytes, clock });
  } catch (error) {
    await scratch.end();
    throw error;
  }
}

/** What is read while rsync fetches it. */
interface Fetched {
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
function fetchedStream({ child, scratch, fromByte, sizeBytes, clock }: Fetched): ByteStream {
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
      let wake = (): void => undefined;
      // A race with its end would keep something for each time that is waited.
      void child.ended().then(() => wake());
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
          else if (!child.hasEnded) {
            await new Promise<void>((resolve) => {
              wake = resolve;
              void clock.sleep(pauseMs, { isIdle: true }).then(resolve);
            });
          }
        }
      } finally {
        await close();
      }
    },
  };
}
