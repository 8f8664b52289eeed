/** What came of one piece of a connection's bytes. */
export interface Answer {
  readonly status: number;
  /** Bytes of the body, which may have been handed on instead of kept. */
  readonly bodyBytes: number;
  /** The body, of small answers. */
  readonly text: string;
}

/** Bodies beyond this are handed on and not kept. */
const textBytesMax = 4096;

type State = 'head' | 'counted' | 'chunkHead' | 'chunk' | 'chunkEnd' | 'trailer';

/**
 * Reads the answers of one HTTP/1.1 connection, as cheaply as it can: a client that costs more than
 * the server it measures measures itself.
 */
export class AnswerReader {
  readonly #onPiece: (piece: Buffer, atByte: number) => void;
  readonly #onAnswer: (answer: Answer) => void;
  #state: State = 'head';
  #head = '';
  #status = 0;
  #text = '';
  #bodyBytes = 0;
  /** Of the body or of the chunk. */
  #leftBytes = 0;

  constructor(
    onAnswer: (answer: Answer) => void,
    onPiece: (piece: Buffer, atByte: number) => void = () => undefined,
  ) {
    this.#onAnswer = onAnswer;
    this.#onPiece = onPiece;
  }

  push(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#state === 'counted' || this.#state === 'chunk') at = this.#body(bytes, at);
      else at = this.#line(bytes, at);
    }
  }

  #body(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#leftBytes);
    this.#onPiece(bytes.subarray(at, end), this.#bodyBytes);
    if (this.#bodyBytes + end - at <= textBytesMax) this.#text += bytes.toString('latin1', at, end);
    this.#bodyBytes += end - at;
    this.#leftBytes -= end - at;
    if (this.#leftBytes > 0) return end;
    if (this.#state === 'chunk') this.#state = 'chunkEnd';
    else this.#answered();
    return end;
  }

  /** What is framing and not body, up to its end or that of the bytes. */
  #line(bytes: Buffer, at: number): number {
    const before = this.#head.length;
    const mark = this.#state === 'head' ? '\r\n\r\n' : '\r\n';
    // A mark may be torn apart between two reads; heads and chunk sizes are short.
    this.#head += bytes.toString('latin1', at, Math.min(bytes.length, at + this.#lineBytesMax()));
    const found = this.#head.indexOf(mark);
    if (found === -1) {
      if (this.#head.length > 16_384) throw new Error('an answer has an endless head');
      return at + this.#head.length - before;
    }
    const line = this.#head.slice(0, found);
    this.#head = '';
    this.#framed(line);
    return at + found + mark.length - before;
  }

  #lineBytesMax(): number {
    return this.#state === 'head' ? 2048 : 20;
  }

  #framed(line: string): void {
    if (this.#state === 'head') return this.#headed(line);
    if (this.#state === 'chunkEnd') {
      this.#state = 'chunkHead';
      return;
    }
    if (this.#state === 'trailer') {
      if (line === '') this.#answered();
      return;
    }
    this.#leftBytes = Number.parseInt(line, 16);
    if (Number.isNaN(this.#leftBytes)) throw new Error(`no chunk size: ${line}`);
    this.#state = this.#leftBytes === 0 ? 'trailer' : 'chunk';
  }

  #headed(head: string): void {
    this.#status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (length === null) {
      this.#state = 'chunkHead';
      return;
    }
    this.#leftBytes = Number(length[1]);
    this.#state = 'counted';
    if (this.#leftBytes === 0) this.#answered();
  }

  #answered(): void {
    const answer = { status: this.#status, bodyBytes: this.#bodyBytes, text: this.#text };
    this.#state = 'head';
    this.#text = '';
    this.#bodyBytes = 0;
    this.#onAnswer(answer);
  }
}
