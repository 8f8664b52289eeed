/** Takes the pieces of a stream one after the other; a write settles when there is room again. */
export interface Sink {
  write(piece: Uint8Array): Promise<void>;
}

/** How far apart the sinks of one source may be, and for how long one may take nothing. */
export interface TeeLimits {
  /** Bytes that one sink may lag behind the source before the source waits for it. */
  readonly windowBytes: number;
  /** How long the source waits for a sink that takes nothing at all, milliseconds. */
  readonly stallMs: number;
  /** Settles after so many milliseconds, or when the signal is aborted. */
  readonly delay: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** A sink that took nothing for longer than the limit; it has lost its copy, the others go on. */
function stalled(stallMs: number): Error {
  return new Error(`took no data for ${stallMs} ms`);
}

/**
 * Reads a source once and writes every piece to all sinks at the same time, each at its own pace
 * within a window. A sink that fails or stalls is left behind and loses only its own part; when
 * none is left the reading stops.
 *
 * @param observe sees each piece before it is handed on (to count, to hash).
 * @returns why each failed sink failed; empty when all took everything. Throws what the source or
 * `observe` throws, after the sinks have settled.
 */
export async function tee(
  source: AsyncIterable<Uint8Array>,
  sinks: readonly Sink[],
  limits: TeeLimits,
  observe: (piece: Uint8Array) => void = () => {},
): Promise<ReadonlyMap<Sink, unknown>> {
  const lanes = sinks.map((sink) => new Lane(sink));
  try {
    for await (const piece of source) {
      observe(piece);
      if (piece.length === 0) continue; // a lag is bytes: a sink would seem to take nothing
      const live = lanes.filter((lane) => lane.isLive);
      for (const lane of live) lane.push(piece);
      if (live.some((lane) => lane.lagBytes > limits.windowBytes)) {
        await Promise.all(live.map((lane) => lane.roomFor(limits)));
      }
      if (!lanes.some((lane) => lane.isLive)) break;
    }
  } finally {
    await Promise.all(lanes.map((lane) => lane.drained(limits)));
  }
  return new Map(lanes.filter((lane) => !lane.isLive).map((lane) => [lane.sink, lane.failure]));
}

/** One sink, with what it has not yet taken. */
class Lane {
  readonly sink: Sink;
  lagBytes = 0;
  isLive = true;
  failure: unknown;
  private queue: Promise<void> = Promise.resolve();
  private takenBytes = 0;
  private wake: (() => void) | undefined;

  constructor(sink: Sink) {
    this.sink = sink;
  }

  push(piece: Uint8Array): void {
    this.lagBytes += piece.length;
    this.queue = this.queue.then(async () => {
      if (!this.isLive) return;
      try {
        await this.sink.write(piece);
        this.lagBytes -= piece.length;
        this.takenBytes += piece.length;
      } catch (error) {
        this.fail(error);
      }
      this.wake?.();
    });
  }

  /** Waits until the lag is within the window, or the sink has stalled and is given up. */
  roomFor(limits: TeeLimits): Promise<void> {
    return this.lagAtMost(limits.windowBytes, limits);
  }

  drained(limits: TeeLimits): Promise<void> {
    return this.lagAtMost(0, limits);
  }

  private async lagAtMost(bytes: number, limits: TeeLimits): Promise<void> {
    while (this.isLive && this.lagBytes > bytes) {
      const takenBefore = this.takenBytes;
      const stopWaiting = new AbortController();
      const moved = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      await Promise.race([moved, limits.delay(limits.stallMs, stopWaiting.signal)]);
      stopWaiting.abort('moved'); // a reason of its own: making the usual error costs more
      if (this.isLive && this.takenBytes === takenBefore) {
        this.fail(stalled(limits.stallMs));
      }
    }
  }

  private fail(error: unknown): void {
    this.isLive = false;
    this.failure = error;
  }
}
