import { decodeText } from '../../units/index.ts';
import { decodeLine, lineLengthMax, type LineMessage } from './message.ts';

/** What a line session receives. */
export type LineEvent =
  | { readonly kind: 'message'; readonly message: LineMessage }
  /** A line that is no message. */
  | { readonly kind: 'unknown'; readonly text: string }
  /**
   * A piece of the bytes that were asked for with `takeData`; `leftBytes` 0 says it is the last.
   */
  | { readonly kind: 'data'; readonly bytes: Uint8Array; readonly leftBytes: number }
  /** More bytes without an end than a line may have. Nothing can be read after it. */
  | { readonly kind: 'tooLong' };

const newline = 0x0a;
const carriageReturn = 0x0d;
const nothing = new Uint8Array(0);

/**
 * Reads a session from bytes in any pieces: lines, and after a DATA the raw bytes that it announces
 * (spec/p2p-line.md section 2). Holds at most one unfinished line; pieces of data are views of what
 * came in.
 *
 *     for (const event of reader.read(piece)) {
 *       if (event.kind === 'message' && event.message.word === 'DATA')
 *         reader.takeData(event.message.lengthBytes);
 *     }
 */
export class LineReader {
  /** The line that has begun, in a buffer that grows up to the limit. */
  #line: Uint8Array = nothing;
  #lineBytes = 0;
  /** Bytes of data still to come; `undefined` between data. */
  #dataLeftBytes: number | undefined;
  #isTooLong = false;

  /**
   * The bytes that follow are data, not lines. To be called on a DATA, before the next event is
   * asked for; without it they are read as lines, as the reference server does with a DATA that
   * nobody asked for. There is always a last piece of data, also of 0 bytes.
   */
  takeData(lengthBytes: number): void {
    if (!Number.isSafeInteger(lengthBytes) || lengthBytes < 0) {
      throw new RangeError(`no length of data: ${lengthBytes}`);
    }
    this.#dataLeftBytes = lengthBytes;
  }

  /** Whether what has come ends within a line or within data. */
  get isWithin(): boolean {
    return this.#lineBytes > 0 || this.#dataLeftBytes !== undefined;
  }

  /** What the next bytes bring. The events must be taken to the end before more bytes are given. */
  *read(piece: Uint8Array): Generator<LineEvent, void, undefined> {
    let rest = piece;
    while (!this.#isTooLong) {
      if (this.#dataLeftBytes !== undefined) {
        if (rest.length === 0 && this.#dataLeftBytes > 0) return;
        const bytes = rest.subarray(0, this.#dataLeftBytes);
        rest = rest.subarray(bytes.length);
        const leftBytes = this.#dataLeftBytes - bytes.length;
        this.#dataLeftBytes = leftBytes === 0 ? undefined : leftBytes;
        yield { kind: 'data', bytes, leftBytes };
        continue;
      }
      const end = rest.indexOf(newline);
      const bytes = end === -1 ? rest : rest.subarray(0, end);
      if (this.#lineBytes + bytes.length > lineLengthMax) {
        this.#isTooLong = true;
        this.#line = nothing;
        yield { kind: 'tooLong' };
        return;
      }
      if (end === -1) return this.#keep(bytes);
      rest = rest.subarray(end + 1);
      yield eventOf(this.#finish(bytes));
    }
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const neededBytes = this.#lineBytes + bytes.length;
    if (neededBytes > this.#line.length) {
      const larger = new Uint8Array(Math.max(neededBytes, 2 * this.#line.length));
      larger.set(this.#line.subarray(0, this.#lineBytes));
      this.#line = larger;
    }
    this.#line.set(bytes, this.#lineBytes);
    this.#lineBytes = neededBytes;
  }

  #finish(bytes: Uint8Array): Uint8Array {
    if (this.#lineBytes === 0) return bytes;
    this.#keep(bytes);
    const line = this.#line.subarray(0, this.#lineBytes);
    this.#line = nothing;
    this.#lineBytes = 0;
    return line;
  }
}

function eventOf(line: Uint8Array): LineEvent {
  const text = decodeText(line.at(-1) === carriageReturn ? line.subarray(0, -1) : line);
  const message = decodeLine(text);
  return message === undefined ? { kind: 'unknown', text } : { kind: 'message', message };
}
