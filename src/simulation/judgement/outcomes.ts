import { longerBytes, longerInts, type Ints } from '../world/growing.ts';

/**
 * Outcomes of evaluations that may be asked for again: of one expression, for each file the last outcome
 * and the holders for which it was found. Only where holders fit in 32 bits, and sizes play no role.
 */
export class Outcomes {
  #holders: Ints;
  /** 0 for nothing known, 1 for no, 2 for yes. */
  #outcomes: Uint8Array<ArrayBuffer>;

  constructor(files: number) {
    this.#holders = new Int32Array(files);
    this.#outcomes = new Uint8Array(files);
  }

  get(file: number, holders: number): boolean | undefined {
    const outcome = this.#outcomes[file] ?? 0;
    return outcome === 0 || this.#holders[file] !== holders ? undefined : outcome === 2;
  }

  set(file: number, holders: number, outcome: boolean): void {
    if (file >= this.#holders.length) {
      this.#holders = longerInts(this.#holders, file + 1);
      this.#outcomes = longerBytes(this.#outcomes, file + 1);
    }
    this.#holders[file] = holders;
    this.#outcomes[file] = outcome ? 2 : 1;
  }
}
