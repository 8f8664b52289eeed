import { createReadStream } from 'node:fs';
import { decodeText, encodeText } from '../../units/index.ts';
import { unreadable } from '../errors.ts';

/** Longest line that is read, in bytes: more than any case needs, and little enough to hold. */
const lineBytesMax: number = 4 * 1024 * 1024;

/** A line of a file, or why it cannot be read. */
export type InputLine =
  | { readonly number: number; readonly kind: 'text'; readonly text: string }
  | { readonly number: number; readonly kind: 'problem'; readonly message: string };

/** The bytes of a file, or of standard input when it is named `-`. */
export async function* bytesOf(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  const stream: AsyncIterable<Uint8Array> =
    file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  try {
    yield* stream;
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * The lines of a stream of bytes, empty ones left out. A line that is too long or not UTF-8 is told
 * and passed over. Never holds more than one line and one chunk.
 */
export async function* inputLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InputLine> {
  const pending = new PendingLine();
  let number = 1;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      pending.add(chunk.subarray(start, end));
      const line = pending.take(number);
      if (line !== undefined) yield line;
      number += 1;
      start = end + 1;
    }
    pending.add(chunk.subarray(start));
  }
  const line = pending.take(number);
  if (line !== undefined) yield line;
}

const lineFeed = 10;

/** The line that is being gathered. */
class PendingLine {
  #parts: Uint8Array[] = [];
  #length = 0;

  add(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length <= lineBytesMax) this.#parts.push(part);
    else this.#parts = [];
  }

  /** The line; `undefined` when it is empty. */
  take(number: number): InputLine | undefined {
    const length = this.#length;
    const bytes = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    if (length > lineBytesMax) {
      const message = `the line has ${length} bytes; ${lineBytesMax} is the limit`;
      return { number, kind: 'problem', message };
    }
    return bytes === undefined ? undefined : lineOf(bytes, number);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function lineOf(bytes: Uint8Array, number: number): InputLine | undefined {
  try {
    const text = decoder.decode(bytes);
    return text.trim() === '' ? undefined : { number, kind: 'text', text };
  } catch {
    const offset = firstUndecodable(bytes);
    const message = `byte ${offset + 1} of the line is not valid UTF-8`;
    return { number, kind: 'problem', message };
  }
}

/** Index of the first byte that is not part of valid UTF-8. */
export function firstUndecodable(bytes: Uint8Array): number {
  const [before = ''] = decodeText(bytes).split(/(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/, 1);
  return encodeText(before).length;
}
