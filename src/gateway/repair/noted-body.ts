/** A body that knows how much of it was read. */
export class NotedBody implements AsyncIterable<Uint8Array> {
  readonly #body: AsyncIterable<Uint8Array>;
  #isBegun = false;
  #isEnded = false;

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#body = body;
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Whether it was read to its end: nothing was left that nobody took. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Begun by the first piece that is asked for, not by who makes ready. */
  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.#isBegun = true;
    for await (const piece of this.#body) yield piece;
    this.#isEnded = true;
  }
}
