import type { Clock, Timer } from '../../../clock/index.ts';
import { serializeKey, type Key } from '../../../key/index.ts';
import type { KeptHash } from '../../../repository/index.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';

/** A content whose upload broke off, and of which a place has a beginning that cannot be read back. */
export interface PausedPiece {
  readonly deposit: PieceDeposit;
  /** Bytes that were written to it. */
  readonly positionBytes: number;
  /** Bytes of memory that it takes. */
  readonly memoryBytes: number;
  /** The hash of what was written. */
  readonly keptHash: KeptHash;
}

/** How long a client may take to come back, milliseconds: a night's work is worth more than an hour of 8 MiB. */
const pausedMs = 60 * 60 * 1000;

/** How many are kept, and how much memory they may take; the last one is kept whatever it takes. */
const pausedMax = 16;
const memoryBytesMax = 64 * 1024 * 1024;

/**
 * Uploads of whole contents that broke off, kept for their clients to go on from, in the memory of this process
 * alone: the hash of what was sent cannot be had from anywhere else. The oldest make way; whatever is not
 * gone on with is given up at the place.
 */
export class PausedPieces {
  readonly #clock: Pick<Clock, 'after'>;
  /** By key, the oldest first. */
  readonly #kept = new Map<string, { readonly piece: PausedPiece; readonly timer: Timer }>();

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** Bytes of a content that an upload may go on from. */
  offsetBytes(key: Key): number {
    return this.#kept.get(serializeKey(key))?.piece.positionBytes ?? 0;
  }

  /** Hands over what is kept of a content: whoever has it keeps it again, or gives it up. */
  take(key: Key): PausedPiece | undefined {
    const name = serializeKey(key);
    const kept = this.#kept.get(name);
    kept?.timer.close();
    this.#kept.delete(name);
    return kept?.piece;
  }

  /** Keeps what there is of a content. */
  keep(key: Key, piece: PausedPiece): void {
    const name = serializeKey(key);
    void this.#giveUp(name);
    const timer = this.#clock.after(pausedMs, () => void this.#giveUp(name));
    timer.unref();
    this.#kept.set(name, { piece, timer });
    for (const [oldest] of this.#kept) {
      const memoryBytes = [...this.#kept.values()].reduce(
        (sum, { piece: one }) => sum + one.memoryBytes,
        0,
      );
      const isTooMuch = this.#kept.size > pausedMax || memoryBytes > memoryBytesMax;
      if (!isTooMuch || this.#kept.size === 1) return;
      void this.#giveUp(oldest);
    }
  }

  async #giveUp(name: string): Promise<void> {
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    this.#kept.delete(name);
    kept.timer.close();
    try {
      await kept.piece.deposit.abandon();
    } catch {
      // What is left at the place is noted there, and cleared with the next start.
    }
  }

  /** Gives up all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#kept.keys()].map((name) => this.#giveUp(name)));
  }
}
