import type { Clock } from '../../clock/index.ts';

/** How much may be read at once after a rest, milliseconds of the rate: short, for who waits behind it. */
const burstMs = 50;

/** Waits that are shorter than a timer can be are saved up. */
const timerMs = 2;

/** Bytes that are hashed at once where clients wait for their turn: a fraction of a millisecond. */
const sliceBytes = 64 * 1024;

/** How fast contents are read, by a clock that nobody can set back. */
export class ReadingPace {
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  readonly #isYielding: boolean;
  #freeMs = 0;

  /**
   * @param at.bytesPerS the most; `undefined` for as fast as can be.
   * @param at.isYielding whether others of this process go first, as clients do. Default: nobody else is there.
   */
  constructor(
    clock: Clock,
    at: { readonly bytesPerS?: number | undefined; readonly isYielding?: boolean },
  ) {
    this.#clock = clock;
    this.#bytesPerMs = (at.bytesPerS ?? Infinity) / 1000;
    this.#isYielding = at.isYielding === true;
  }

  /** Has bytes looked at in as many steps as it takes, each when its time has come. */
  async through(
    bytes: Uint8Array,
    look: (slice: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const step = this.#isYielding ? sliceBytes : bytes.length;
    for (let at = 0; at < bytes.length; at += step) {
      const slice = bytes.subarray(at, at + step);
      signal.throwIfAborted();
      await this.#take(slice.length, signal);
      look(slice);
    }
  }

  async #take(bytes: number, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.steadyMs();
    const begunMs = Math.max(this.#freeMs, nowMs - burstMs);
    this.#freeMs = begunMs + bytes / this.#bytesPerMs;
    if (begunMs - nowMs >= timerMs) await this.#clock.sleep(begunMs - nowMs, { signal });
    else if (this.#isYielding) await this.#clock.turn();
  }
}
