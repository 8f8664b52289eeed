import { machineClock } from '../../repository/clock/machine-clock.ts';

/** How often the terminal is told, milliseconds. */
const intervalMs = 500;

/** How far long work is, on a line of the terminal that is taken back; silent anywhere else. */
export class ProgressLine {
  readonly #isShown: boolean;
  #shownMs: number = machineClock.steadyMs();
  #isThere = false;

  /** @param mixes whether the terminal is full of output anyway when that is not redirected. */
  constructor({ mixes }: { readonly mixes: boolean }) {
    this.#isShown = process.stderr.isTTY && !(mixes && process.stdout.isTTY);
  }

  reached(line: number): void {
    this.show(() => `${line.toLocaleString('en')} lines`);
  }

  /** @param textOf asked for now and then. */
  show(textOf: () => string): void {
    if (!this.#isShown || machineClock.steadyMs() - this.#shownMs < intervalMs) return;
    this.#shownMs = machineClock.steadyMs();
    this.#isThere = true;
    process.stderr.write(`\r\u001b[K${textOf()}`);
  }

  /** Takes the line back, before something else is printed. */
  clear(): void {
    if (this.#isThere) process.stderr.write('\r\u001b[K');
    this.#isThere = false;
  }
}
