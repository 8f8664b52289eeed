import type { Clock } from '../../clock/index.ts';

/** What is under way on something that is to be ended once it is not needed any more. */
export class Uses {
  readonly #clock: Clock;
  #running = 0;
  #begun = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something has begun; gives what ends it, which is harmless more than once. */
  begin(): () => void {
    this.#running += 1;
    this.#begun += 1;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#running -= 1;
      if (this.#running === 0) for (const wake of this.#waiting.splice(0)) wake();
    };
  }

  /** Resolves when nothing has been under way for so long. Keeps no process running. */
  async idle(forMs: number): Promise<void> {
    for (;;) {
      while (this.#running > 0) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
      const begun = this.#begun;
      await this.#clock.sleep(forMs, { isIdle: true });
      if (this.#running === 0 && this.#begun === begun) return;
    }
  }
}
