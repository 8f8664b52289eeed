import { createHash, randomBytes } from 'node:crypto';

/** Chunks as the real client cuts them, bytes (spec/p2p-http.md section 6). */
const chunkBytes = 0x7ff0;

const chunksPerBlock = 32;

/** A content of any size that takes a megabyte of memory: one random block over and over. */
export class Content {
  readonly sizeBytes: number;
  readonly #block: Buffer;

  constructor(sizeBytes: number, block: Buffer = randomBytes(chunkBytes * chunksPerBlock)) {
    this.sizeBytes = sizeBytes;
    this.#block = block;
  }

  /** What makes the same content in another process. */
  get block(): string {
    return this.#block.toString('base64');
  }

  sha256(): string {
    const hash = createHash('sha256');
    for (const piece of this.pieces()) hash.update(piece);
    return hash.digest('hex');
  }

  *pieces(): Generator<Buffer> {
    for (let leftBytes = this.sizeBytes; leftBytes > 0; leftBytes -= this.#block.length) {
      yield this.#block.subarray(0, Math.min(leftBytes, this.#block.length));
    }
  }

  /** The content as the body of a chunked request. */
  *framed(): Generator<Buffer> {
    const framed = frame(this.#block);
    for (const piece of this.pieces()) {
      yield piece.length === this.#block.length ? framed : frame(piece);
    }
    yield Buffer.from('0\r\n\r\n');
  }

  /** Whether these are the bytes of the content from that one on. */
  holds(piece: Buffer, atByte: number): boolean {
    for (let done = 0; done < piece.length; ) {
      const from = (atByte + done) % this.#block.length;
      const count = Math.min(piece.length - done, this.#block.length - from);
      if (this.#block.compare(piece, done, done + count, from, from + count) !== 0) return false;
      done += count;
    }
    return true;
  }
}

function frame(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    parts.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
  }
  return Buffer.concat(parts);
}
