import type { Clock, Timer } from '../../../clock/index.ts';
import type { ProgramRequest } from './requests.ts';
import { wholeNumberOf } from './program-words.ts';

/** Bytes that a program that tells nothing of a transfer is trusted to pass on in a second. */
const unseenBytesPerSecond = 100_000;

/** How many questions and remarks one request may bring. */
const remarksMax = 100_000;

/** A request that a program is at, until its answer comes, or silence for too long. */
export class RunningRequest<T> {
  readonly result: Promise<T>;
  readonly #request: Omit<ProgramRequest<unknown>, 'answered'>;
  readonly #answered: (name: string, rest: string) => boolean;
  readonly #reject: (error: unknown) => void;
  readonly #silenceMs: number;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #onSilence: (error: Error) => void;
  #timer: Timer | undefined;
  #passedBytes = 0;
  #remarks = 0;
  #isOver = false;

  /** @param silence how long a program may say nothing, and what is called then. */
  constructor(
    request: ProgramRequest<T>,
    silence: {
      readonly clock: Pick<Clock, 'after'>;
      readonly silenceMs: number;
      readonly act: (error: Error) => void;
    },
  ) {
    this.#request = request;
    this.#clock = silence.clock;
    this.#silenceMs = silence.silenceMs;
    this.#onSilence = silence.act;
    let reject: (error: unknown) => void = () => undefined;
    let resolve: (value: T) => void = () => undefined;
    this.result = new Promise<T>((...settle) => {
      [resolve, reject] = settle;
    });
    this.#reject = reject;
    this.#answered = (name, rest) => {
      const value = request.answered(name, rest);
      if (value !== undefined) resolve(value);
      return value !== undefined;
    };
    // Whoever asked hears of it, if he still listens.
    this.result.catch(() => undefined);
    this.#listen();
  }

  /** Takes a line that may be its answer; whether it is. */
  takeAnswer(name: string, rest: string): boolean {
    try {
      if (!this.#answered(name, rest)) return false;
      this.#end();
    } catch (error) {
      this.fail(error);
    }
    return true;
  }

  /** The program has told how many bytes have passed. More of them is a sign of life, and the same number is none. */
  takeProgress(rest: string): void {
    const bytes = wholeNumberOf(rest);
    if (bytes === undefined || bytes <= this.#passedBytes) return;
    this.#passedBytes = bytes;
    this.#request.progress?.(bytes);
    this.#listen();
  }

  /** The program has asked or said something else. @throws Error when there is no end to it. */
  takeRemark(): void {
    this.#remarks += 1;
    if (this.#remarks > remarksMax) throw new Error('asks and remarks without end');
    this.#listen();
  }

  fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#isOver = true;
    this.#timer?.close();
  }

  #listen(): void {
    this.#timer?.close();
    if (this.#isOver) return;
    const unseenBytes = Math.max(0, (this.#request.unseenBytes ?? 0) - this.#passedBytes);
    const limitMs = this.#silenceMs + (unseenBytes / unseenBytesPerSecond) * 1000;
    this.#timer = this.#clock.after(limitMs, () => void this.#silent(limitMs));
  }

  async #silent(limitMs: number): Promise<void> {
    const hasMoved = await this.#request.hasMoved?.().catch(() => false);
    if (this.#isOver) return;
    if (hasMoved === true) this.#listen();
    else this.#onSilence(new Error(`has not answered for ${Math.round(limitMs / 1000)} s`));
  }
}
