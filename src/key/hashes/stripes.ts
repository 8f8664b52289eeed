/**
 * Cuts a content that comes in pieces into stripes of one length. Hashes treat the end of a content
 * apart, so that something is always kept back: a stripe is given only when more than `keptBytes`
 * bytes come after it.
 */
export class Stripes {
  readonly #stripeBytes: number;
  readonly #keptBytes: number;
  readonly #held: Uint8Array;
  #heldBytes = 0;

  constructor({ stripeBytes, keptBytes }: { stripeBytes: number; keptBytes: number }) {
    this.#stripeBytes = stripeBytes;
    this.#keptBytes = keptBytes;
    this.#held = new Uint8Array(stripeBytes + keptBytes);
  }

  /**
   * Takes a piece. `window` is filled with whole stripes, as often as it takes, and `give` is told
   * how many; its length is a multiple of the stripe's.
   */
  update(piece: Uint8Array, window: Uint8Array, give: (stripes: number) => void): void {
    const totalBytes = this.#heldBytes + piece.length;
    const stripes = Math.floor((totalBytes - this.#keptBytes - 1) / this.#stripeBytes);
    const givenBytes = Math.max(0, stripes) * this.#stripeBytes;
    for (let start = 0; start < givenBytes; start += window.length) {
      const end = Math.min(givenBytes, start + window.length);
      this.#copy(piece, start, end, window);
      give((end - start) / this.#stripeBytes);
    }
    this.#copy(piece, givenBytes, totalBytes, this.#held);
    this.#heldBytes = totalBytes - givenBytes;
  }

  /** The end of the content: what no stripe was given of. Empty for an empty content only. */
  rest(): Uint8Array {
    return this.#held.subarray(0, this.#heldBytes);
  }

  /** Copies a part of what is held followed by the piece. */
  #copy(piece: Uint8Array, start: number, end: number, target: Uint8Array): void {
    const held = this.#heldBytes;
    if (start < held) target.set(this.#held.subarray(start, Math.min(end, held)));
    if (end <= held) return;
    const from = Math.max(start, held);
    target.set(piece.subarray(from - held, end - held), from - start);
  }
}
