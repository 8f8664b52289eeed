import type { Key } from '../../../key/index.ts';
import { openFlags, readBytesMax, type OpenFile } from '../../../repository/index.ts';
import type { ByteStream } from '../../../stream/index.ts';
import { encodeText, isErrorCode } from '../../../units/index.ts';
import type { PassingFiles } from '../files/passing-files.ts';
import type { PassingFile } from '../files/passing-file.ts';
import type { ProgramPool } from './program-pool.ts';
import { transfer } from './requests.ts';

/** What a {@link Retrieval} works with. */
export interface RetrievalParts {
  readonly piece: Key;
  readonly files: PassingFiles;
  readonly place: PassingFile;
  readonly programs: Pick<ProgramPool, 'ask'>;
  /** Whether the program writes from the first byte to the last, so that what it has told of can be read. */
  readonly isOrdered: boolean;
  /** Bytes that the disk has kept room for; `undefined`: nobody knew how many will come. */
  readonly claimedBytes: number | undefined;
}

/**
 * A piece that a program writes to a file, read while it grows where that is sound, else when it is whole. Whoever
 * reads judges what comes; here it is not known whether it is the piece.
 */
export class Retrieval {
  readonly #parts: RetrievalParts;
  readonly #path: string;
  readonly #given = new AbortController();
  readonly #transferred: Promise<number>;
  #readableBytes = 0;
  #isWhole = false;
  /** Why it did not come. */
  #failure: { readonly error: unknown } | undefined;
  #seenBytes = 0;
  /** Wakes who waits for more. */
  #grown: () => void = () => undefined;
  #ended: Promise<void> | undefined;

  constructor(parts: RetrievalParts) {
    this.#parts = parts;
    this.#path = parts.files.pathOf(parts.piece, parts.place);
    this.#transferred = this.#transfer();
    this.#transferred.then(
      () => this.#grown(),
      (error: unknown) => {
        this.#failure = { error };
        this.#grown();
      },
    );
  }

  /** How many bytes came, when all have. */
  async sizeBytes(): Promise<number> {
    return await this.#transferred;
  }

  async #transfer(): Promise<number> {
    const { piece, programs } = this.#parts;
    await programs.ask({
      ...transfer('RETRIEVE', piece, this.#path),
      progress: (bytes) => this.#progress(bytes),
      hasMoved: () => this.#hasMoved(),
      signal: this.#given.signal,
    });
    const sizeBytes = await this.#sizeNow();
    if (sizeBytes === undefined)
      throw new Error('the program says that it gave it, and it did not');
    this.#isWhole = true;
    return sizeBytes;
  }

  #progress(bytes: number): void {
    this.#seen(bytes);
    if (!this.#parts.isOrdered) return;
    this.#readableBytes = bytes;
    this.#grown();
  }

  /** What comes beyond the room that was kept for it must leave the disk its reserve. */
  #seen(bytes: number): void {
    const { piece, files, place, claimedBytes } = this.#parts;
    if (bytes <= this.#seenBytes) return;
    place.room.used(bytes - this.#seenBytes);
    this.#seenBytes = bytes;
    if (bytes <= (claimedBytes ?? 0)) return;
    files.assertRoom(piece).catch((error: unknown) => this.#given.abort(error));
  }

  /** A program need not tell of what it does as long as that can be seen. */
  async #hasMoved(): Promise<boolean> {
    const before = this.#seenBytes;
    this.#seen((await this.#sizeNow()) ?? 0);
    return this.#seenBytes > before;
  }

  /** `undefined` where no file is. */
  async #sizeNow(): Promise<number | undefined> {
    const status = await this.#parts.files.disk.status(Buffer.from(encodeText(this.#path)));
    return status?.isFile() === true ? Number(status.size) : undefined;
  }

  /** The bytes from one on. Ends the retrieval, and the file with it. */
  stream(fromByte: number): ByteStream {
    const bytes = this.#bytes(fromByte);
    return {
      lengthBytes: undefined,
      [Symbol.asyncIterator]: () => bytes,
      close: () => this.end(),
    };
  }

  async *#bytes(fromByte: number): AsyncGenerator<Uint8Array> {
    let position = fromByte;
    let file: OpenFile | undefined;
    let wasWhole = false;
    try {
      for (;;) {
        const isWhole = this.#isWhole;
        const grown = new Promise<void>((resolve) => {
          this.#grown = resolve;
        });
        // A program may have put another file in the place of the one that grew.
        if (isWhole && !wasWhole) {
          await file?.close();
          file = undefined;
        }
        wasWhole = isWhole;
        file ??= await this.#open();
        const lengthBytes = isWhole ? readBytesMax : this.#readableBytes - position;
        const piece = file && (await readFrom(file, position, lengthBytes));
        if (piece !== undefined) {
          position += piece.length;
          yield piece;
        } else if (isWhole) {
          return;
        } else {
          if (this.#failure !== undefined) throw this.#failure.error;
          // A race with the end of all would keep something for each time that more came.
          await grown;
        }
      }
    } finally {
      await file?.close();
      await this.end();
    }
  }

  async #open(): Promise<OpenFile | undefined> {
    try {
      return await this.#parts.files.disk.open(
        Buffer.from(encodeText(this.#path)),
        openFlags.O_RDONLY,
      );
    } catch (error) {
      if (isErrorCode(error, 'ENOENT') && !this.#isWhole) return undefined;
      throw error;
    }
  }

  /** The file goes, and what the program still does to it is for nobody. */
  end(): Promise<void> {
    this.#given.abort(new Error('the download was given up'));
    this.#ended ??= this.#parts.place.end();
    return this.#ended;
  }
}

/** Some bytes from a position on; `undefined` when there are none yet. */
async function readFrom(
  file: OpenFile,
  position: number,
  lengthBytes: number,
): Promise<Uint8Array | undefined> {
  if (lengthBytes <= 0) return undefined;
  const buffer = Buffer.allocUnsafeSlow(Math.min(lengthBytes, readBytesMax));
  const count = await file.read(buffer, position);
  return count === 0 ? undefined : buffer.subarray(0, count);
}
