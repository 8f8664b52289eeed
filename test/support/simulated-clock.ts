import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock, SleepOptions, Timer } from '../../src/clock/index.ts';

interface Due {
  readonly act: () => void;
  /** Of one that comes again and again. */
  readonly everyMs: number | undefined;
  atMs: number;
}

/**
 * A clock on which no time passes but what a test says. What falls due at the same moment comes in the
 * order in which it was asked for; ids and numbers are the same in each run.
 */
export class SimulatedClock implements Clock {
  #nowMs = 0;
  #wallMs: number;
  #ids = 0;
  readonly #due = new Set<Due>();

  /** @param wallMs the time of day that it begins with. */
  constructor(wallMs = 1_800_000_000_000) {
    this.#wallMs = wallMs;
  }

  /** How many timers run. */
  get timers(): number {
    return this.#due.size;
  }

  /** Lets time pass, and all that falls due meanwhile happen, each when the one before has had its turn. */
  async pass(milliseconds: number): Promise<void> {
    const endMs = this.#nowMs + milliseconds;
    await settled();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#nowMs = next.atMs;
      if (next.everyMs === undefined) this.#due.delete(next);
      else next.atMs += next.everyMs;
      next.act();
      await settled();
    }
    this.#nowMs = endMs;
  }

  /**
   * Lets time pass in small steps until something holds: it may wait for a disk, or for a program, which
   * have times of their own.
   */
  async until(holds: () => boolean, what: string, stepMs = 10): Promise<void> {
    const endMs = performance.now() + 20_000;
    while (!holds()) {
      if (performance.now() > endMs) throw new Error(`waited in vain for: ${what}`);
      await setTimeout(1);
      await this.pass(stepMs);
    }
  }

  /** What a promise gives, while time passes in small steps. */
  async ended<T>(promise: Promise<T>, stepMs = 10): Promise<T> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    promise.then(over, over);
    await this.until(() => isOver, 'the end of a promise', stepMs);
    return await promise;
  }

  /** Somebody sets the time of day, and nothing else changes. */
  setWall(milliseconds: number): void {
    this.#wallMs = milliseconds - this.#nowMs;
  }

  wallMs(): number {
    return Math.floor(this.#wallMs + this.#nowMs);
  }

  steadyMs(): number {
    return this.#nowMs;
  }

  after(milliseconds: number, act: () => void): Timer {
    return this.#add({ act, everyMs: undefined, atMs: this.#nowMs + Math.max(0, milliseconds) });
  }

  every(milliseconds: number, act: () => void): Timer {
    const everyMs = Math.max(1, milliseconds);
    return this.#add({ act, everyMs, atMs: this.#nowMs + everyMs });
  }

  sleep(milliseconds: number, { signal }: SleepOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const timer = this.after(milliseconds, resolve);
      signal?.addEventListener('abort', () => {
        timer.close();
        reject(signal.reason);
      });
    });
  }

  turn(): Promise<void> {
    return setImmediate();
  }

  uuid(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${this.#ids.toString(16).padStart(12, '0')}`;
  }

  bytes(count: number): Uint8Array {
    this.#ids += 1;
    return new Uint8Array(count).fill(this.#ids);
  }

  random(): number {
    return 0.5;
  }

  #add(due: Due): Timer {
    this.#due.add(due);
    return { close: () => this.#due.delete(due), unref: () => undefined };
  }

  /** What comes first, if that is in time. */
  #next(endMs: number): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) if (first === undefined || due.atMs < first.atMs) first = due;
    return first !== undefined && first.atMs <= endMs ? first : undefined;
  }
}

/** Has what waits for nothing but its turn go on, some calls to a disk in other threads included. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 10; turns += 1) await setImmediate();
}
