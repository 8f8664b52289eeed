import type { Clock } from '../../../clock/index.ts';

/** How several are asked for what one of them can give. */
export interface Asking<Asked, T> {
  readonly clock: Clock;
  /** Gives `undefined` where there is nothing to give. */
  ask(one: Asked): Promise<T | undefined>;
  /** How long one is waited for alone, milliseconds. */
  readonly aloneMs: number;
  /** Told of one that failed. */
  failed(one: Asked, error: unknown): void;
  /** Takes back what comes after the first answer. */
  late(answer: T): Promise<void>;
}

/**
 * The first answer of several, asked in their order: the next one when the one before has nothing to
 * give, fails, or keeps silent for long. One that is slow may still be the first to answer.
 *
 * @returns `undefined` when all have answered, or failed, and none had anything.
 */
export function firstAnswer<Asked, T>(
  all: readonly Asked[],
  asking: Asking<Asked, T>,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const left = all.values();
    let waiting = 0;
    let isOver = false;
    const answered = (value: T | undefined): void => {
      if (value === undefined) return;
      if (isOver) asking.late(value).catch(() => undefined); // nobody's any more
      isOver = true;
      resolve(value);
    };
    const askNext = (): void => {
      if (isOver) return;
      const next = left.next();
      if (next.done === true) {
        if (waiting === 0) resolve(undefined);
        return;
      }
      waiting += 1;
      let isAlone = true;
      const goOn = (): void => {
        timer.close();
        const wasAlone = isAlone;
        isAlone = false;
        if (wasAlone || waiting === 0) askNext();
      };
      const timer = asking.clock.after(asking.aloneMs, goOn);
      asking
        .ask(next.value)
        .then(answered, (error: unknown) => asking.failed(next.value, error))
        .finally(() => {
          waiting -= 1;
          goOn();
        });
    };
    askNext();
  });
}
