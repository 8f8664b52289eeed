import type { Clock } from '../../clock/index.ts';
import { lineLengthMax, LineReader, type LineEvent } from '../../protocol/index.ts';
import { brokenSession } from './broken-session.ts';

/** What comes; a line without an end breaks the session. */
export type Event = Exclude<LineEvent, { kind: 'tooLong' }>;

/**
 * Bytes read ahead while the peer waits: who goes on for longer without an answer is no client of
 * git-annex's.
 */
const aheadBytesMax = 1024 * 1024;

/**
 * What a peer sends, one event at a time as it is asked for; nothing is read ahead but what tells
 * whether a peer that waits is still there.
 */
export class LineInput {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #reader = new LineReader();
  #events: Iterator<LineEvent> | undefined;
  #ahead: Promise<IteratorResult<Uint8Array>> | undefined;
  /** What was read ahead, in its order. */
  readonly #kept: Uint8Array[] = [];

  /** @param by.signal ends all waiting; the session is then broken. */
  constructor(
    input: AsyncIterable<Uint8Array>,
    { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock },
  ) {
    this.#clock = clock;
    this.#pieces = input[Symbol.asyncIterator]();
    this.#signal = signal;
  }

  /**
   * The next event; `undefined` when the peer has closed its side, in the middle of a line too.
   *
   * @param idleMs how long the peer may send nothing. Default: for ever.
   * @throws BROKEN_SESSION
   */
  async next(idleMs?: number): Promise<Event | undefined> {
    for (;;) {
      const event = this.#events?.next();
      if (event?.done === false) {
        if (event.value.kind !== 'tooLong') return event.value;
        throw brokenSession(`protocol error: more than ${lineLengthMax} bytes in a line`);
      }
      const piece = await this.#piece(idleMs);
      if (piece.done === true) return undefined;
      this.#events = this.#reader.read(piece.value);
    }
  }

  /** The bytes after the DATA that came last are data. See {@link LineReader.takeData}. */
  takeData(lengthBytes: number): void {
    this.#reader.takeData(lengthBytes);
  }

  /**
   * Resolves when the peer closes its side, whatever it sends before that, which stays to be asked
   * for.
   *
   * @param signal ends the looking; then it never resolves.
   * @throws BROKEN_SESSION
   */
  async closed(signal: AbortSignal): Promise<void> {
    let keptBytes = 0;
    for (;;) {
      const piece = await this.#settled(this.#read());
      // Whoever asks for the next event waits for the same piece.
      if (signal.aborted) return await new Promise<never>(() => undefined);
      if (piece.done === true) return;
      this.#ahead = undefined;
      this.#kept.push(piece.value);
      keptBytes += piece.value.length;
      if (keptBytes > aheadBytesMax) {
        throw brokenSession(`more than ${aheadBytesMax} bytes while it waits`);
      }
    }
  }

  async #piece(idleMs: number | undefined): Promise<IteratorResult<Uint8Array>> {
    const kept = this.#kept.shift();
    if (kept !== undefined) return { done: false, value: kept };
    const piece = await this.#settled(this.#read(), idleMs);
    this.#ahead = undefined;
    return piece;
  }

  #read(): Promise<IteratorResult<Uint8Array>> {
    this.#ahead ??= this.#pieces.next();
    return this.#ahead;
  }

  #settled<T>(reading: Promise<T>, idleMs?: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const broken = (why: string): void => {
        end();
        reject(brokenSession(why));
      };
      const aborted = (): void => broken('the session was told to end');
      const timer =
        idleMs === undefined
          ? undefined
          : this.#clock.after(idleMs, () => broken(`the client sent nothing for ${idleMs} ms`));
      const end = (): void => {
        timer?.close();
        this.#signal.removeEventListener('abort', aborted);
      };
      if (this.#signal.aborted) return aborted();
      this.#signal.addEventListener('abort', aborted);
      reading.then(
        (value) => {
          end();
          resolve(value);
        },
        (error: unknown) => broken(error instanceof Error ? error.message : String(error)),
      );
    });
  }
}
