import { spawn, type ChildProcess } from 'node:child_process';
import { atExit } from '../../../repository/index.ts';
import type { Clock } from '../../../clock/index.ts';
import { decodeText, encodeText } from '../../../units/index.ts';

/** A program, and what it runs in. */
export interface ProgramToRun {
  /** Its path. */
  readonly path: string;
  /** Where it is started. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How long a line of it may be, bytes: a key and a path, or a sentence. */
const lineBytesMax = 65_536;

/** How much of the end of its complaints an error carries, characters. */
const tailLength = 1000;

/** How long what an ended program has left behind may keep its output open, milliseconds. */
const lastWordsMs = 1000;

/**
 * A running program that is spoken to in lines. It is a process group of its own, which ends as a whole, and
 * with this process. A shell enters its directory first: whoever starts a process in a directory
 * waits, in line, until the disk has let it in.
 */
export class ProgramChild {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #how: string | undefined;
  #tail = '';
  /** Then its number may be another group's. */
  #isGone = false;

  constructor({ path, directory, env }: ProgramToRun, clock: Pick<Clock, 'after'>) {
    const entered = 'cd -- "$1" && exec "$2"';
    const child = spawn('/bin/sh', ['-c', entered, 'sh', directory, path], {
      env: { ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    child.stdout.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => this.remember(text));
    const isOver = atExit(() => this.kill());
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#how ??= `cannot be run: ${error.message}`;
        if (child.pid === undefined) resolve();
      });
      child.on('exit', (status, signal) => {
        this.#how ??= signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
        const timer = clock.after(lastWordsMs, () => this.#letGo());
        child.once('close', () => timer.close());
      });
      child.on('close', () => {
        this.#isGone = true;
        resolve();
      });
    });
    void this.#ended.then(isOver);
  }

  /** Resolves when the program and its pipes have ended. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** How it ended, and what it said last, as the end of a sentence. */
  get fate(): string {
    const said = this.said;
    return `${this.#how ?? 'has closed its output'}${said === '' ? '' : `: ${said}`}`;
  }

  /** The end of what it said besides answers; empty when that is nothing. */
  get said(): string {
    return this.#tail
      .trim()
      .replace(/\s*\n\s*/g, '; ')
      .replace(/\p{Cc}/gu, '\ufffd');
  }

  /** Keeps what it said for an error that may come. */
  remember(text: string): void {
    this.#tail = (this.#tail + text).slice(-tailLength);
  }

  /** Sends it a line. What has ended takes none, and its end is told otherwise. */
  send(line: string): void {
    const { stdin } = this.#child;
    if (this.#how === undefined && stdin?.destroyed === false) stdin.write(encodeText(`${line}\n`));
  }

  /**
   * Its lines, until there are no more.
   *
   * @throws Error at one that is far too long.
   */
  async *lines(): AsyncGenerator<string> {
    const { stdout } = this.#child;
    if (stdout === null) return;
    let begun: Uint8Array[] = [];
    let begunBytes = 0;
    for await (const piece of stdout) {
      if (!(piece instanceof Uint8Array)) continue;
      let from = 0;
      for (let end = piece.indexOf(10); ; end = piece.indexOf(10, from)) {
        const part = piece.subarray(from, end < 0 ? undefined : end);
        begunBytes += part.length;
        if (begunBytes > lineBytesMax) {
          throw new Error(`said a line of more than ${lineBytesMax} bytes`);
        }
        begun.push(part);
        if (end < 0) break;
        yield decodeText(Buffer.concat(begun));
        begun = [];
        begunBytes = 0;
        from = end + 1;
      }
    }
  }

  /** No more is asked of it: a good program ends then. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** Ends it at once, with all that it has started. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#isGone) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // All of the group have ended by themselves.
    }
  }

  #letGo(): void {
    this.kill();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }
}
