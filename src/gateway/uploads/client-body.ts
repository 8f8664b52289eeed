import type { Clock } from '../../clock/index.ts';
import { BallastError } from '../../units/index.ts';

/** An upload was left in the middle for another one of the same key; its client may go on later. */
export function gaveWay(): BallastError {
  return new BallastError('GAVE_WAY', 'a faster upload of the same key goes first', {
    isRetryable: true,
  });
}

/** How far a client has come. */
export interface UploadProgress {
  readonly receivedBytes: number;
  /** How long it was waited for in all, milliseconds: not what the disks took. */
  readonly waitedMs: number;
}

/**
 * The bytes that one client sends, which can be left in the middle for another client and gone on
 * with: the piece that was being waited for is then the next. Nothing is read ahead of who asks.
 */
export class ClientBody implements AsyncIterable<Uint8Array> {
  /** Resolves when the upload is over, however it ended. */
  readonly over: Promise<void>;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #clock: Clock;
  #isOver: () => void = () => undefined;
  #pending: Promise<IteratorResult<Uint8Array>> | undefined;
  #leave: ((error: BallastError) => void) | undefined;
  #waitingSinceMs = 0;
  #waitedMs = 0;
  #receivedBytes = 0;
  #before: ClientBody | undefined;
  #timesLeft = 0;
  #isKept = true;

  constructor(source: AsyncIterable<Uint8Array>, clock: Clock) {
    this.#clock = clock;
    this.#source = source[Symbol.asyncIterator]();
    this.over = new Promise((resolve) => {
      this.#isOver = resolve;
    });
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** How often it was left for another. */
  get timesLeft(): number {
    return this.#timesLeft;
  }

  /** The one that goes before this one, since this one was left for it. */
  get before(): ClientBody | undefined {
    return this.#before;
  }

  progress(): UploadProgress {
    const nowMs = this.#leave === undefined ? 0 : this.#clock.steadyMs() - this.#waitingSinceMs;
    return { receivedBytes: this.#receivedBytes, waitedMs: this.#waitedMs + nowMs };
  }

  /** What is still to come. Rejects with a `GAVE_WAY` when it is left for another. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() };
  }

  /** Says whether what has come of it is kept wherever it goes, when it is left. */
  goesWhereKept(isKept: boolean): void {
    this.#isKept = isKept;
  }

  /**
   * Leaves off for another, if it is the client that is being waited for. Not where it could not be
   * gone on with: its client would be refused, though it has done nothing but be slow.
   */
  giveWayTo(other: ClientBody): void {
    if (this.#leave === undefined || (!this.#isKept && this.#receivedBytes > 0)) return;
    this.#before = other;
    this.#timesLeft += 1;
    this.#leave(gaveWay());
  }

  /** Nobody goes before this one any more. */
  goOn(): void {
    this.#before = undefined;
  }

  /** The upload is over; what the client still sends is for others to read. */
  close(): void {
    this.#isOver();
    // Behind a piece that is being waited for this comes only when that does.
    this.#source.return?.().catch(() => undefined);
  }

  #next(): Promise<IteratorResult<Uint8Array>> {
    const pending = (this.#pending ??= this.#source.next());
    this.#waitingSinceMs = this.#clock.steadyMs();
    return new Promise((resolve, reject) => {
      const ended = (): boolean => {
        if (this.#leave !== leave) return false;
        this.#leave = undefined;
        this.#waitedMs += this.#clock.steadyMs() - this.#waitingSinceMs;
        return true;
      };
      const leave = (error: BallastError): void => {
        if (ended()) reject(error);
      };
      this.#leave = leave;
      pending.then(
        (piece) => {
          if (!ended()) return;
          this.#pending = undefined;
          if (piece.done !== true) this.#receivedBytes += piece.value.length;
          resolve(piece);
        },
        (error: unknown) => {
          if (ended()) reject(error);
        },
      );
    });
  }
}
