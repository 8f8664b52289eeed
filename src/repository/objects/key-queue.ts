import { setTimeout as sleep } from 'node:timers/promises';

/** How long to wait for a turn. */
export interface TurnWait {
  /** Default: for ever, for work that no peer can make long. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One at a time for each name, in the order of asking, within this process. */
export class KeyQueue {
  readonly #tails = new Map<string, Promise<void>>();

  /**
   * Waits for a turn.
   * @returns what ends the turn, or undefined when the wait timed out.
   * @throws the signal's reason when aborted while waiting.
   */
  async enter(name: string, wait: TurnWait = {}): Promise<(() => void) | undefined> {
    const before = this.#tails.get(name);
    let leave = (): void => undefined;
    const turn = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const tail = before === undefined ? turn : before.then(() => turn);
    this.#tails.set(name, tail);
    void tail.then(() => {
      if (this.#tails.get(name) === tail) this.#tails.delete(name);
    });
    if (before === undefined) return leave;
    try {
      if (await comesInTime(before, wait)) return leave;
    } catch (error) {
      leave();
      throw error;
    }
    leave();
    return undefined;
  }

  /** Does something in a turn of its own. */
  async run<T>(name: string, action: () => Promise<T>): Promise<T> {
    const leave = await this.enter(name);
    try {
      return await action();
    } finally {
      leave?.();
    }
  }
}

async function comesInTime(turn: Promise<void>, wait: TurnWait): Promise<boolean> {
  wait.signal?.throwIfAborted();
  if (wait.timeoutMs === undefined && wait.signal === undefined) {
    await turn;
    return true;
  }
  const over = new AbortController();
  const signal =
    wait.signal === undefined ? over.signal : AbortSignal.any([over.signal, wait.signal]);
  const timer = sleep(wait.timeoutMs ?? 2 ** 31 - 1, false, { signal }).catch(() => {
    wait.signal?.throwIfAborted();
    return false;
  });
  try {
    return await Promise.race([turn.then(() => true), timer]);
  } finally {
    over.abort();
    timer.catch(() => undefined);
  }
}
