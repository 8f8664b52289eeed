import { within } from './within.ts';

/** A turn that did not come within the time that one was ready to wait. */
export class TurnTimeoutError extends Error {
  readonly code = 'TURN_TIMEOUT';

  constructor(name: string, waitMs: number) {
    super(`${name} is still busy with an earlier request after ${waitMs} ms; try again`);
  }
}

/**
 * Lets one at a time do something about a subject (a key, say), in the order of asking. Subjects do
 * not hinder each other; nothing is kept of a subject that nobody is busy with.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

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
   * Waits for the turn and gives the function that ends it.
   *
   * @throws TurnTimeoutError after `waitMs`; the place in the queue is then given up.
   */
  async take(subject: string, waitMs?: number): Promise<() => void> {
    const previous = this.#last.get(subject) ?? Promise.resolve();
    let end = (): void => {};
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    const last = previous.then(() => mine);
    this.#last.set(subject, last);
    void last.then(() => {
      if (this.#last.get(subject) === last) this.#last.delete(subject);
    });
    try {
      const error = (): Error => new TurnTimeoutError(subject, waitMs ?? 0);
      await (waitMs === undefined ? previous : within(previous, { limitMs: waitMs, error }));
    } catch (error) {
      end();
      throw error;
    }
    return end;
  }
}
