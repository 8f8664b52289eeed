/** A body that knows whether it was read. */
export class NotedBody implements AsyncIterable<Uint8Array> {
  readonly #body: AsyncIterable<Uint8Array>;
  #isBegun = false;

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#body = body;
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Begun by the first piece that is asked for, not by who makes ready. */
  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.#isBegun = true;
    for await (const piece of this.#body) yield piece;
  }
}
