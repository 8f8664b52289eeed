import type { Clock, Timer } from '../clock/index.ts';
import { BallastError } from '../units/index.ts';

/** A turn that did not come within the time that one was ready to wait. */
function turnTimeout(subject: string, waitMs: number): BallastError {
  return new BallastError(
    'TURN_TIMEOUT',
    `${subject} is still busy with an earlier request after ${waitMs} ms; try again`,
    { isRetryable: true },
  );
}

/** How long to wait for a turn. */
export interface TurnWait {
  /** Milliseconds. Default: for ever, for work that no peer can make long. */
  readonly waitMs?: number | undefined;
  /** Gives up waiting. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lets one at a time do something about a subject (a key, say), in the order of asking, within this
 * process. Subjects do not hinder each other; nothing is kept of a subject that nobody is busy
 * with.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #last = new Map<string, Promise<void>>();

  /** @param clock by which a wait has its end. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Subjects that somebody is busy with or waits for. */
  get size(): number {
    return this.#last.size;
  }

  /** Runs `act` when all earlier ones about the subject have ended, however they ended. */
  async run<T>(subject: string, act: () => Promise<T>): Promise<T> {
    const end = await this.take(subject);
    try {
      return await act();
    } finally {
      end();
    }
  }

  /**
   * Waits for the turn and gives the function that ends it. Whoever stops waiting gives up his
   * place; those behind him come no earlier than they would have.
   *
   * @throws TURN_TIMEOUT after `waitMs`; the signal's reason when aborted while waiting.
   */
  async take(subject: string, wait: TurnWait = {}): Promise<() => void> {
    const before = this.#last.get(subject);
    let end = (): void => undefined;
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    const last = before === undefined ? mine : before.then(() => mine);
    this.#last.set(subject, last);
    void last.then(() => {
      if (this.#last.get(subject) === last) this.#last.delete(subject);
    });
    if (before === undefined) return end;
    try {
      await this.#comes(before, subject, wait);
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }

  async #comes(turn: Promise<void>, subject: string, wait: TurnWait): Promise<void> {
    const { waitMs, signal } = wait;
    signal?.throwIfAborted();
    if (waitMs === undefined && signal === undefined) return await turn;
    let timer: Timer | undefined;
    let stop: (() => void) | undefined;
    const over = new Promise<never>((_resolve, reject) => {
      if (waitMs !== undefined) {
        timer = this.#clock.after(waitMs, () => reject(turnTimeout(subject, waitMs)));
      }
      stop = () => reject(signal?.reason);
      signal?.addEventListener('abort', stop, { once: true });
    });
    try {
      await Promise.race([turn, over]);
    } finally {
      timer?.close();
      if (stop !== undefined) signal?.removeEventListener('abort', stop);
    }
  }
}
