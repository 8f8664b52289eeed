import { ExternalProgram, type ExternalProgramOptions } from './external-program.ts';
import { askOrder, type ProgramRequest } from './requests.ts';

/** Programs of one remote that run at once. */
const programsMax = 4;

/** Requests that wait for a program. */
const waitingMax = 1000;

/** What a {@link ProgramPool} starts programs with. */
export type PoolOptions = Omit<ExternalProgramOptions, 'questions' | 'changed' | 'signal'> & {
  readonly questions: () => ExternalProgramOptions['questions'];
};

/**
 * The running programs of one remote, a few, each started when the others are busy. One that failed or ended is
 * followed by another. They are started one after the other: all who wait hear of it when the first cannot be.
 */
export class ProgramPool {
  readonly #options: PoolOptions;
  readonly #programs = new Set<ExternalProgram>();
  #starting: Promise<void> | undefined;
  /** Those who wait for a program to have room. */
  #waiting: (() => void)[] = [];
  #mostAtOnce = programsMax;
  #order: Promise<'ordered' | 'unordered'> | undefined;
  readonly #closed = new AbortController();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * Has a program work on a request.
   *
   * @throws Error when none can, or the one that was asked says no.
   */
  async ask<T>(request: ProgramRequest<T>): Promise<T> {
    for (;;) {
      request.signal?.throwIfAborted();
      this.#closed.signal.throwIfAborted();
      this.#forgetEnded();
      // Whoever finds room takes it in the same turn.
      const free = [...this.#programs].find(({ hasRoom }) => hasRoom);
      if (free !== undefined) return await free.ask(request);
      if (this.#programs.size < this.#mostAtOnce) await this.#startOne();
      else await this.#change();
    }
  }

  /** Whether programs write what they retrieve from the first byte to the last. Asked once, before that matters. */
  async order(): Promise<'ordered' | 'unordered'> {
    this.#order ??= this.ask(askOrder);
    try {
      return await this.#order;
    } catch (error) {
      this.#order = undefined;
      throw error;
    }
  }

  async #startOne(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    await Promise.race([this.#starting, this.#change()]);
  }

  async #start(): Promise<void> {
    try {
      const program = await ExternalProgram.start({
        ...this.#options,
        questions: this.#options.questions(),
        signal: this.#closed.signal,
        changed: () => this.#changed(),
      });
      this.#programs.add(program);
    } catch (error) {
      this.#forgetEnded();
      if (this.#programs.size === 0) throw error;
      // Some take no other one beside them.
      this.#mostAtOnce = this.#programs.size;
    }
  }

  async #change(): Promise<void> {
    if (this.#waiting.length >= waitingMax) throw new Error('too many requests wait for it');
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #forgetEnded(): void {
    for (const program of this.#programs) if (program.isOver) this.#programs.delete(program);
    if (this.#programs.size === 0) this.#mostAtOnce = programsMax;
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    this.#closed.abort(new Error('the remote is closed'));
    this.#changed();
    await this.#starting?.catch(() => undefined);
    await Promise.all([...this.#programs].map((program) => program.end()));
  }
}
