import { spawn, type ChildProcess } from 'node:child_process';
import type { Clock, Timer } from '../../../clock/index.ts';
import { atExit } from '../../../repository/index.ts';
import { BallastError } from '../../../units/index.ts';

/** What rsync is called for. */
export interface RsyncCall {
  readonly program: string;
  readonly words: readonly string[];
  /** Read by it from its input. */
  readonly input?: Uint8Array | undefined;
  /** Without a word from it for so long, it is ended, milliseconds. */
  readonly silentMsMax: number;
  /** Bytes of what it says that are kept; with more it is ended. Default: none are kept, however many come. */
  readonly outputBytesMax?: number | undefined;
}

/** How an rsync ended. */
interface RsyncFailure {
  /** `undefined` for one that was ended, or could not be run. */
  readonly status: number | undefined;
  /** The end of what it complained of. */
  readonly said: string;
}

/** An rsync that did not end well. */
export class RsyncError extends BallastError {
  override readonly name = 'RsyncError';
  override readonly data: RsyncFailure;

  constructor(how: string, failure: RsyncFailure) {
    super('RSYNC_FAILED', `rsync ${how}${failure.said === '' ? '' : `: ${failure.said}`}`);
    this.data = failure;
  }
}

/** How much of the end of its complaints an error carries, characters. */
const stderrTailLength = 1000;

/** How long its complaints are waited for after its end, milliseconds. */
const lastWordsMs = 1000;

/**
 * One run of rsync, with whatever it starts: they are a group of processes without a terminal, so that
 * nobody is asked for anything, and end together, and with this process.
 */
export class RsyncChild {
  readonly #child: ChildProcess;
  readonly #call: RsyncCall;
  readonly #clock: Clock;
  readonly #ended: Promise<RsyncError | undefined>;
  readonly #output: Uint8Array[] = [];
  #outputBytes = 0;
  #stderrTail = '';
  #heardMs: number;
  #silence: Timer | undefined;
  #hasEnded = false;
  /** Why it was ended from here. */
  #verdict: string | undefined;

  constructor(call: RsyncCall, clock: Clock) {
    this.#call = call;
    this.#clock = clock;
    this.#heardMs = clock.steadyMs();
    const child = spawn(call.program, call.words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      // What it says is read here, and not by people.
      env: { ...process.env, LC_ALL: 'C' },
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    child.stdin.end(call.input ?? '');
    child.stdout.on('error', () => undefined).on('data', (piece: Uint8Array) => this.#hear(piece));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#heardMs = clock.steadyMs();
      this.#stderrTail = (this.#stderrTail + text).slice(-stderrTailLength);
    });
    const isOver = atExit(() => this.kill());
    this.#ended = new Promise((settle) => {
      child.on('error', (error) => {
        if (child.pid === undefined) settle(this.#trouble(`cannot be run: ${error.message}`));
      });
      // An ssh that shares connections leaves a program behind that may complain there for ever.
      child.on('exit', () => {
        clock.after(lastWordsMs, () => child.stderr.destroy()).unref();
      });
      child.on('close', (status, signal) => settle(this.#judged(status, signal)));
    });
    void this.#ended.then(() => {
      this.#hasEnded = true;
      this.#silence?.close();
      isOver();
    });
    this.#listen();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves when it has ended, however. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  /** What it said, of which so much was to be kept. @throws RsyncError when it did not end well. */
  async succeeded(): Promise<Buffer> {
    const error = await this.#ended;
    if (error !== undefined) throw error;
    return Buffer.concat(this.#output);
  }

  /** Ends it with all that it started. Harmless when it has ended. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null)
      return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended in this moment.
    }
  }

  #hear(piece: Uint8Array): void {
    this.#heardMs = this.#clock.steadyMs();
    const { outputBytesMax } = this.#call;
    if (outputBytesMax === undefined) return;
    this.#outputBytes += piece.length;
    if (this.#outputBytes <= outputBytesMax) this.#output.push(piece);
    else this.#end('says far too much');
  }

  #listen(): void {
    const { silentMsMax } = this.#call;
    const leftMs = this.#heardMs + silentMsMax - this.#clock.steadyMs();
    this.#silence = this.#clock.after(leftMs, () => {
      if (this.#clock.steadyMs() - this.#heardMs < silentMsMax) this.#listen();
      else this.#end(`said nothing for ${silentMsMax / 1000} s and was ended`);
    });
    this.#silence.unref();
  }

  #end(verdict: string): void {
    this.#verdict ??= verdict;
    this.kill();
  }

  #judged(status: number | null, signal: string | null): RsyncError | undefined {
    if (this.#verdict !== undefined) return this.#trouble(this.#verdict);
    if (signal !== null) return this.#trouble(`was ended by ${signal}`);
    if (status !== 0) return this.#trouble(`ended with status ${status}`, status ?? undefined);
    // What was written once is written again then, behind the back of who has read it.
    if (this.#stderrTail.includes('failed verification')) {
      return this.#trouble('had to send something again', status);
    }
    return undefined;
  }

  #trouble(how: string, status?: number): RsyncError {
    const said = this.#stderrTail.trim().replace(/\s*\n\s*/g, '; ');
    return new RsyncError(how, { status, said });
  }
}
