import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { atExit } from '../../../repository/index.ts';
import { PeerError } from '../peer-connection.ts';

/** A program that speaks the protocol on its input and output. */
export interface LineCommand {
  readonly program: string;
  readonly words: readonly string[];
  /** Set in addition to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How much of the end of its complaints an error carries, characters. */
const stderrTailLength = 2000;

/** How long its complaints are waited for after its end, milliseconds. */
const lastWordsMs = 200;

/** A running {@link LineCommand}. It ends with this process. */
export class LineChild {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #stderrTail = '';
  #status: string | undefined;

  /** @throws PeerError when it cannot be started. */
  constructor({ program, words, env = {} }: LineCommand) {
    const child = spawn(program, words, {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    // Whoever reads or waits hears of the end there.
    child.stdin.on('error', () => undefined);
    child.stdout.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-stderrTailLength);
    });
    const isOver = atExit(() => child.kill('SIGKILL'));
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#status ??= error.message;
        if (child.pid === undefined) resolve();
      });
      child.on('exit', (status, signal) => {
        this.#status ??=
          signal === null ? `it ended with status ${status}` : `it was ended by ${signal}`;
        // An ssh that shares connections leaves a program behind that has its pipes.
        setTimeout(() => child.stderr.destroy(), lastWordsMs).unref();
      });
      child.on('close', () => resolve());
    });
    void this.#ended.then(isOver);
  }

  get hasEnded(): boolean {
    return this.#status !== undefined;
  }

  /** Settles when the program and its pipes have ended. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** Ends its input, and the program itself when it is still there after a while. */
  async end(graceMs: number): Promise<void> {
    this.stdin.end();
    const timer = setTimeout(() => this.kill(), graceMs);
    // Output that nobody reads must not keep it from ending.
    this.stdout.destroy();
    await this.#ended;
    clearTimeout(timer);
  }

  kill(): void {
    if (!this.hasEnded) this.#child.kill('SIGKILL');
  }

  /** What went wrong, with what the program said and how it ended. */
  trouble(what: string): PeerError {
    const said = this.#stderrTail.trim();
    const parts = [what, this.#status, said === '' ? undefined : said];
    return new PeerError(parts.filter((part) => part !== undefined).join('; '));
  }
}
