import { smallBytesMax } from './contents.ts';

/** Sums of bytes, exact at any magnitude: doubles as long as they are exact, and what they carry. */
export class Totals {
  readonly #small: number[] = [];
  readonly #carried: bigint[] = [];

  /** Adds a size, or takes it away. `small` is the size as a double, or `NaN` when it needs `large`. */
  add(index: number, sign: 1 | -1, small: number, large: () => bigint): void {
    if (Number.isNaN(small)) {
      this.#carried[index] = (this.#carried[index] ?? 0n) + (sign === 1 ? large() : -large());
      return;
    }
    const sum = (this.#small[index] ?? 0) + sign * small;
    if (Math.abs(sum) <= smallBytesMax) this.#small[index] = sum;
    else {
      this.#carried[index] = (this.#carried[index] ?? 0n) + BigInt(sum);
      this.#small[index] = 0;
    }
  }

  get(index: number): bigint {
    return (this.#carried[index] ?? 0n) + BigInt(this.#small[index] ?? 0);
  }

  set(index: number, bytes: bigint): void {
    this.#carried[index] = bytes;
    this.#small[index] = 0;
  }
}
