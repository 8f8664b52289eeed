import type { Clock } from '../../../clock/index.ts';
import { ProgramChild, type ProgramToRun } from './program-child.ts';
import type { ProgramQuestions } from './program-questions.ts';
import { cutWord } from './program-words.ts';
import { prepareProgram, shortened, type ProgramRequest } from './requests.ts';
import { RunningRequest } from './running-request.ts';

/** What a program is run with. */
export interface ExternalProgramOptions extends ProgramToRun {
  /** As people call it. */
  readonly name: string;
  readonly clock: Pick<Clock, 'after'>;
  /** How long it may say nothing while something is asked of it, milliseconds. */
  readonly silenceMs: number;
  /** How long it may take to end when nothing more is asked of it, milliseconds. */
  readonly endMs: number;
  /** What answers its questions. */
  readonly questions: ProgramQuestions;
  /** Ends it while it begins. */
  readonly signal: AbortSignal;
  /** Told when it takes another request, or none any more. */
  readonly changed: () => void;
}

/** What it is told that we know besides the plain protocol. */
const extensions = 'INFO GETGITREMOTENAME UNAVAILABLERESPONSE ASYNC';

/** Requests that one program that takes several is at, at once. */
const asyncRequestsMax = 16;

/** The number of the only request of a program that takes one at a time. */
const onlyOne = 0;

/** The first line of a program tells the version of what it speaks. */
const hello: ProgramRequest<true> = {
  line: '',
  answered: (name, rest) => {
    if (name !== 'VERSION') return undefined;
    if (rest === '1' || rest === '2') return true;
    throw new Error(`speaks version ${shortened(rest)} of the protocol, which is not known here`);
  },
};

const askExtensions: ProgramRequest<readonly string[]> = {
  line: `EXTENSIONS ${extensions}`,
  answered: (name, rest) => {
    if (name === 'UNSUPPORTED-REQUEST') return [];
    return name === 'EXTENSIONS' ? rest.split(' ') : undefined;
  },
};

/**
 * A running program of a `type=external` remote (spec/special-remotes.md section 7). It works on one request at a
 * time, or on several when it knows ASYNC. What goes wrong with a request makes it take no further one; it ends when the
 * others that it is at are over.
 */
export class ExternalProgram {
  readonly #options: ExternalProgramOptions;
  readonly #child: ProgramChild;
  readonly #requests = new Map<number, RunningRequest<unknown>>();
  /** Numbers of requests that were given up, whose answers may still come. */
  readonly #forgotten = new Set<number>();
  #isAsync = false;
  #isReady = false;
  #isRetired = false;
  #lastNumber = 0;

  private constructor(options: ExternalProgramOptions) {
    this.#options = options;
    this.#child = new ProgramChild(options, options.clock);
  }

  /**
   * Starts one and makes it ready.
   *
   * @throws Error that says why it is not.
   */
  static async start(options: ExternalProgramOptions): Promise<ExternalProgram> {
    options.signal.throwIfAborted();
    const program = new ExternalProgram(options);
    const stop = (): void => program.#child.kill();
    options.signal.addEventListener('abort', stop, { once: true });
    try {
      const greeted = program.#begin(hello);
      void program.#listen();
      await greeted;
      const known = await program.#begin(askExtensions);
      program.#isAsync = known.includes('ASYNC');
      await program.#begin(prepareProgram);
      program.#isReady = true;
      return program;
    } catch (error) {
      program.#child.kill();
      throw program.#named(error, { withLacking: true });
    } finally {
      options.signal.removeEventListener('abort', stop);
    }
  }

  /** Whether it takes a request now. */
  get hasRoom(): boolean {
    const most = this.#isAsync ? asyncRequestsMax : 1;
    return this.#isReady && !this.#isRetired && this.#requests.size < most;
  }

  /** Whether it will not take any more. */
  get isOver(): boolean {
    return this.#isRetired;
  }

  /**
   * Has it work on a request. Only when it has room.
   *
   * @throws Error when it says no or nothing, or ends; the signal's reason when the request is given up.
   */
  async ask<T>(request: ProgramRequest<T>): Promise<T> {
    const { signal } = request;
    signal?.throwIfAborted();
    const number = this.#isAsync ? this.#freeNumber() : onlyOne;
    const giveUp = (): void => this.#giveUp(number, signal?.reason);
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      return await this.#begin(request, number);
    } catch (error) {
      throw signal?.aborted === true ? error : this.#named(error, { withLacking: false });
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** Asks no more of it. It ends by itself then, or is ended after a while. */
  async end(): Promise<void> {
    this.#retire();
    this.#child.endInput();
    const timer = this.#options.clock.after(this.#options.endMs, () => this.#child.kill());
    await this.#child.ended();
    timer.close();
  }

  #freeNumber(): number {
    // One that was given up may still be answered, so that its number is nobody else's.
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #begin<T>(request: ProgramRequest<T>, number = this.#isAsync ? 1 : onlyOne): Promise<T> {
    const { clock, silenceMs } = this.#options;
    const running = new RunningRequest(request, {
      clock,
      silenceMs,
      act: (error) => this.#giveUp(number, error),
    });
    this.#requests.set(number, running);
    this.#lastNumber = Math.max(this.#lastNumber, number);
    if (request.lineBefore !== undefined) this.#send(number, request.lineBefore);
    if (request.line !== '') this.#send(number, request.line);
    return running.result;
  }

  #send(number: number, line: string): void {
    this.#child.send(this.#isAsync ? `J ${number} ${line}` : line);
  }

  /** Reads it to its end, which is the end of all that it is at. */
  async #listen(): Promise<void> {
    try {
      for await (const line of this.#child.lines()) await this.#take(line);
      await this.#child.ended();
      this.#lose(new Error(this.#child.fate));
    } catch (error) {
      this.#child.kill();
      this.#lose(error);
    }
  }

  async #take(line: string): Promise<void> {
    const [number, text] = this.#isAsync ? framed(line) : [onlyOne, line];
    const [name, rest = ''] = cutWord(text);
    const running = this.#requests.get(number);
    if (name === 'ERROR') {
      const error = new Error(`says: ${shortened(rest)}`);
      if (running === undefined) throw error;
      this.#giveUp(number, error);
      return;
    }
    if (running === undefined) {
      if (this.#forgotten.has(number) || name === 'DEBUG' || name === 'INFO') return;
      throw new Error(`said unasked: ${shortened(line)}`);
    }
    if (name === 'PROGRESS') running.takeProgress(rest);
    else if (!running.takeAnswer(name, rest)) await this.#takeRemark(number, text);
    else this.#done(number);
  }

  async #takeRemark(number: number, text: string): Promise<void> {
    const [name, rest = ''] = cutWord(text);
    const running = this.#requests.get(number);
    running?.takeRemark();
    if (name === 'DEBUG') return;
    if (name === 'INFO') {
      this.#child.remember(`${rest}\n`);
      return;
    }
    const answer = this.#options.questions.answer(name, rest);
    if (answer === undefined) {
      throw new Error(`answered with what is no answer: ${shortened(text)}`);
    }
    for (const line of await answer) this.#send(number, line);
  }

  #done(number: number): void {
    this.#requests.delete(number);
    this.#changed();
  }

  /** What one that takes one at a time is at, it cannot be kept from but by its end. */
  #giveUp(number: number, reason: unknown): void {
    const running = this.#requests.get(number);
    if (running === undefined) return;
    this.#requests.delete(number);
    this.#forgotten.add(number);
    this.#retire();
    running.fail(reason);
    this.#changed();
  }

  /** All that it is at is lost with it. */
  #lose(error: unknown): void {
    const lost = [...this.#requests.values()];
    this.#requests.clear();
    this.#retire();
    for (const running of lost) running.fail(error);
    this.#changed();
  }

  #retire(): void {
    this.#isRetired = true;
  }

  #changed(): void {
    if (this.#isRetired && this.#requests.size === 0) this.#child.kill();
    // How one begins, who starts it hears: nobody else waits for that one.
    if (this.#isReady) this.#options.changed();
  }

  #named(error: unknown, { withLacking }: { readonly withLacking: boolean }): Error {
    const { name, questions } = this.#options;
    const why = error instanceof Error ? error.message : String(error);
    const lacking = withLacking && questions.lacking !== '' ? `; ${questions.lacking}` : '';
    return new Error(`${name} ${why}${lacking}`, { cause: error });
  }
}

/** @throws Error for a line that does not say which request it is about. */
function framed(line: string): readonly [number, string] {
  const [, number, text] = /^J (\d{1,9}) (.*)$/s.exec(line) ?? [];
  if (number === undefined || text === undefined) {
    throw new Error(`said for no request: ${shortened(line)}`);
  }
  return [Number(number), text];
}
