import { spawn, type ChildProcess } from 'node:child_process';
import { atExit } from '../../../repository/index.ts';

/** What gpg is told to do with what comes in. */
export interface GpgRecipe {
  /** Given to it by a pipe, so that no list of processes shows it; `undefined` for keys. */
  readonly passphrase: string | undefined;
  readonly words: readonly string[];
}

/** How much of the end of its complaints an error carries, characters. */
const stderrTailLength = 1000;

/** One run of gpg: bytes in, bytes out. It ends with this process. */
export class GpgChild {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Error | undefined>;
  #hasEnded = false;
  #stderrTail = '';

  constructor(program: string, { passphrase, words }: GpgRecipe) {
    const asked = passphrase === undefined ? [] : ['--passphrase-fd', '3'];
    const always = ['--quiet', '--trust-model', 'always', '--batch', '--pinentry-mode', 'loopback'];
    const child = spawn(program, [...always, ...asked, ...words], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdin?.on('error', () => undefined);
    child.stdout?.on('error', () => undefined);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-stderrTailLength);
    });
    const secret = child.stdio[3];
    if (secret !== null && secret !== undefined && 'end' in secret) {
      secret.on('error', () => undefined);
      secret.end(passphrase === undefined ? '' : `${passphrase}\n`);
    }
    const isOver = atExit(() => child.kill('SIGKILL'));
    this.#ended = new Promise((resolve) => {
      child.on('error', (error) => {
        this.#hasEnded = true;
        if (child.pid === undefined)
          resolve(new Error(`${program} cannot be run: ${error.message}`));
      });
      child.on('close', (status, signal) => {
        this.#hasEnded = true;
        resolve(status === 0 ? undefined : this.#trouble(program, status, signal));
      });
    });
    void this.#ended.then(isOver);
  }

  #trouble(program: string, status: number | null, signal: string | null): Error {
    const how = signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
    const said = this.#stderrTail.trim().replace(/\s*\n\s*/g, '; ');
    return new Error(`${program} ${how}${said === '' ? '' : `: ${said}`}`);
  }

  /** Gives it bytes, which may be used again when this resolves; whether it takes any more. */
  async write(bytes: Uint8Array): Promise<boolean> {
    const { stdin } = this.#child;
    if (stdin === null || this.#hasEnded || stdin.destroyed) return false;
    await new Promise<void>((resolve) => {
      stdin.write(bytes, () => resolve());
    });
    return !this.#hasEnded && !stdin.destroyed;
  }

  /** No more comes. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  /** What it says, until it says no more; whether it ended well is another question. */
  async *output(): AsyncGenerator<Uint8Array> {
    const { stdout } = this.#child;
    if (stdout === null) return;
    for await (const piece of stdout) {
      if (piece instanceof Uint8Array) yield piece;
    }
  }

  /** Resolves when it has ended well; throws an error that says how it has not. */
  async succeeded(): Promise<void> {
    const error = await this.#ended;
    if (error !== undefined) throw error;
  }

  kill(): void {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
  }
}
