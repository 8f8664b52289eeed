import type { Clock } from '../../clock/index.ts';
import type { ByteStream } from '../../stream/index.ts';

/** How long a burst may be that the rate is saved up for, milliseconds. */
const burstMs = 500;

/**
 * Lets bytes by at a rate, whoever they belong to, and waits while others go first. What nobody takes in a pause is
 * not made up for later.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #bytesPerS: number | undefined;
  /** When what was let by until now is paid for, by the steady clock. */
  #paidMs = 0;

  /** @param bytesPerS `undefined`: as fast as it goes. */
  constructor(clock: Clock, bytesPerS: number | undefined) {
    this.#clock = clock;
    this.#bytesPerS = bytesPerS;
  }

  /** Waits until so many bytes may go. Rejects with the signal's reason. */
  async let(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#bytesPerS === undefined) return;
    const now = this.#clock.steadyMs();
    this.#paidMs = Math.max(this.#paidMs, now - burstMs) + (bytes / this.#bytesPerS) * 1000;
    const waitMs = this.#paidMs - now;
    if (waitMs > 0) await this.#clock.sleep(waitMs, { signal });
  }

  /** A stream whose pieces go at the rate. */
  of(stream: ByteStream, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const pause = (bytes: number): Promise<void> => this.let(bytes, signal);
    return {
      async *[Symbol.asyncIterator]() {
        try {
          for await (const piece of stream) {
            await pause(piece.length);
            yield piece;
          }
        } finally {
          await stream.close();
        }
      },
    };
  }
}
