import { decodeText, encodeText } from '../../units/index.ts';

/** Bytes that a list begins with. */
const bytesAtFirst = 1 << 16;

/**
 * Names by their numbers, from 0, kept as bytes one behind the other: a million take what their letters take and four
 * bytes each, where as many strings cut out of what git printed keep all of that.
 */
export class NameList {
  #bytes: Uint8Array = new Uint8Array(bytesAtFirst);
  #ends: Uint32Array = new Uint32Array(bytesAtFirst >> 4);
  #count = 0;

  /** Adds a name, and gives its number. */
  push(name: string): number {
    const encoded = encodeText(name);
    const start = this.#startOf(this.#count);
    const end = start + encoded.length;
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, new Uint8Array(2 * end));
    if (this.#count === this.#ends.length) {
      this.#ends = grown(this.#ends, new Uint32Array(2 * this.#count));
    }
    this.#bytes.set(encoded, start);
    this.#ends[this.#count] = end;
    this.#count += 1;
    return this.#count - 1;
  }

  /** The name of a number that `push` gave. */
  at(number: number): string {
    return decodeText(this.#bytes.subarray(this.#startOf(number), this.#ends[number]));
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
  }
}

function grown<T extends Uint8Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
