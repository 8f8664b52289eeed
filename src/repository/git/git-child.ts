import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { atExit } from './at-exit.ts';
import { GitError } from './git-error.ts';
import { asError } from '../../units/index.ts';

/** How much of the end of git's complaints an error carries. */
const stderrTailLength = 2000;

/** How long what a git that was ended has said may take to be read, milliseconds. */
const lastWordsMs = 1000;

/** Where and how a git program runs. */
export interface GitChildOptions {
  /** The repository, or any directory in it. */
  readonly directory: string;
  /** Set in addition to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Asks git to end (SIGTERM). */
  readonly signal?: AbortSignal;
  /**
   * Runs git in a process group of its own, which is ended as a whole: for commands that start
   * further programs, as `http-backend` and `gc` do. Default: false.
   */
  readonly isGroup?: boolean;
}

/**
 * Directories reach git from here by name, so that the guard against bare repositories that a user
 * comes across unawares would only get in the way. Programs that git starts inherit this.
 */
const always = ['-c', 'safe.bareRepository=all'];

/**
 * A running git with its three pipes. Ended with this process: killed when it exits, and by the end
 * of its input when it is killed. A git that cannot be started, as when descriptors have run out,
 * has pipes that are at their end, and its error. It goes to its directory itself: whoever starts a
 * process in a directory waits, in line, until the disk has let it in.
 */
export class GitChild {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly argv: readonly string[];
  readonly #isGroup: boolean;
  readonly #child: ChildProcess | undefined;
  readonly #closed: Promise<GitError | undefined>;
  #isOver = false;

  constructor(args: readonly string[], options: GitChildOptions) {
    this.argv = args;
    this.#isGroup = options.isGroup === true;
    const at = ['-C', resolve(options.directory)];
    const start = started([...always, ...at, ...args], options);
    if (start.kind === 'failed') {
      this.#closed = Promise.resolve(this.#failure(undefined, start.error));
      this.#isOver = true;
    } else {
      this.#child = start.child;
      this.#closed = this.#watch(start.child, options.signal);
    }
    this.stdin = this.#child?.stdin ?? endedInput();
    this.stdout = this.#child?.stdout ?? Readable.from([]);
    // A child that dies while it is written to or read is reported by its exit status, which says why.
    this.stdin.on('error', () => undefined);
    this.stdout.on('error', () => undefined);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when git has ended well; throws the GitError that says how it has not. */
  async succeeded(): Promise<void> {
    const error = await this.#closed;
    if (error !== undefined) throw error;
  }

  /** Resolves when git has ended, with its error when it has not ended well. */
  ended(): Promise<GitError | undefined> {
    return this.#closed;
  }

  /** Ends git at once, and its group if it has one; nothing happens when it has already ended. */
  kill(): void {
    this.#send('SIGKILL');
  }

  #send(signal: NodeJS.Signals): void {
    const child = this.#child;
    const pid = child?.pid;
    if (this.#isOver || child === undefined || pid === undefined) return;
    if (child.exitCode !== null || child.signalCode !== null) this.#letGoSoon();
    else child.once('exit', () => this.#letGoSoon());
    if (!this.#isGroup) {
      child.kill(signal);
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // All of the group have ended by themselves.
    }
  }

  /**
   * What git has started may live on, with its pipes: whoever reads them hears that it was ended. What
   * git itself had said comes first.
   */
  #letGoSoon(): void {
    const timer = setTimeout(() => {
      this.#child?.stdout?.destroy(this.#failure(undefined, undefined, 'it was ended'));
      this.#child?.stderr?.destroy();
    }, lastWordsMs);
    timer.unref();
    this.#child?.once('close', () => clearTimeout(timer));
  }

  #watch(child: ChildProcess, signal: AbortSignal | undefined): Promise<GitError | undefined> {
    const isOver = atExit(() => this.kill());
    let stderrTail = '';
    let cause: unknown;
    const abort = (): void => {
      cause = signal?.reason;
      this.#send('SIGTERM');
    };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderrTail = (stderrTail + text).slice(-stderrTailLength);
    });
    return new Promise((resolve) => {
      child.on('error', (error) => {
        cause = error;
        stderrTail ||= error.message;
      });
      child.on('close', (status) => {
        this.#isOver = true;
        isOver();
        signal?.removeEventListener('abort', abort);
        if (status === 0 && cause === undefined) resolve(undefined);
        else resolve(this.#failure(status, cause, stderrTail));
      });
      signal?.addEventListener('abort', abort);
      if (signal?.aborted === true) abort();
    });
  }

  #failure(status: number | null | undefined, cause: unknown, stderrTail?: string): GitError {
    const reason = cause instanceof Error ? cause.message : '';
    return new GitError(this.argv, {
      // What could not be started has a negative number of the system in this place.
      exitStatus: typeof status === 'number' && status >= 0 ? status : undefined,
      stderrTail: stderrTail || reason,
      cause,
    });
  }
}

/** The process, or why there is none: some failures are thrown, and others told by its events. */
type Start =
  | { readonly kind: 'started'; readonly child: ChildProcess }
  | { readonly kind: 'failed'; readonly error: Error };

function started(args: readonly string[], options: GitChildOptions): Start {
  try {
    const child = spawn('git', args, {
      env: gitEnvironment(process.env, options.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: options.isGroup === true,
    });
    return { kind: 'started', child };
  } catch (error) {
    return { kind: 'failed', error: asError(error) };
  }
}

/** An input that nobody reads any more. */
function endedInput(): Writable {
  const input = new Writable({ write: (_chunk, _encoding, done) => done() });
  input.destroy();
  return input;
}

/** A piece of a stream as the bytes it is. */
export function bufferOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  throw new TypeError('a stream of bytes gave something else');
}

/** Variables by which a git that started us would bend ours to its own repository. */
const localVariables =
  /^GIT_(?:DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|CONFIG|CONFIG_PARAMETERS|CONFIG_COUNT|CONFIG_(?:KEY|VALUE)_\d+|GRAFT_FILE|SHALLOW_FILE|REPLACE_REF_BASE|NO_REPLACE_OBJECTS|QUARANTINE_PATH|INTERNAL_SUPER_PREFIX|CEILING_DIRECTORIES)$/;

/** The environment of a git: ours, in English, without what leads it to another repository. */
export function gitEnvironment(
  inherited: NodeJS.ProcessEnv,
  added: Readonly<Record<string, string>> = {},
): NodeJS.ProcessEnv {
  const kept = withoutLocalVariables(inherited);
  // Whoever may write a ref under refs/replace/ would else change what every other one leads to.
  return { ...kept, GIT_NO_REPLACE_OBJECTS: '1', LC_ALL: 'C', ...added };
}

/** An environment without what leads programs to the repository of a git that started us. */
export function withoutLocalVariables(inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(([name]) => !localVariables.test(name));
  return Object.fromEntries(kept);
}
