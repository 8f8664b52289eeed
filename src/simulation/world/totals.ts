import { smallBytesMax } from './contents.ts';

/** Sums of bytes, exact at any magnitude: doubles as long as they are exact, and what they carry. */
export class Totals {
  readonly #small: number[] = [];
  readonly #carried: bigint[] = [];

  /** Adds bytes that are exact as a double, or takes them away when below zero. */
  add(index: number, bytes: number): void {
    const sum = (this.#small[index] ?? 0) + bytes;
    if (Math.abs(sum) <= smallBytesMax) this.#small[index] = sum;
    else {
      this.#carried[index] = (this.#carried[index] ?? 0n) + BigInt(sum);
      this.#small[index] = 0;
    }
  }

  addLarge(index: number, isAdded: boolean, bytes: bigint): void {
    this.#carried[index] = (this.#carried[index] ?? 0n) + (isAdded ? bytes : -bytes);
  }

  get(index: number): bigint {
    return (this.#carried[index] ?? 0n) + BigInt(this.#small[index] ?? 0);
  }
}
