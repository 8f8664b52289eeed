import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** Oldest git that has what ballast asks of it (`cat-file --batch`, `fast-import` with `get-mark`). */
export const gitVersionMin: GitVersion = [2, 30];

/** Most bytes that {@link runGit} returns; what may be longer is read with {@link streamGit}. */
export const gitOutputBytesMax: number = 64 * 1024 * 1024;

/** How much of the end of git's complaints an error carries. */
const stderrTailLength = 2000;

/** Major and minor number of a git release. */
export type GitVersion = readonly [major: number, minor: number];

/** Where and how a git program runs. */
export interface GitOptions {
  /** The repository, or any directory in it. */
  readonly directory: string;
  readonly input?: Uint8Array | string;
  /** Set in addition to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** git ran and failed, or could not be run. Retrying helps only when the cause is gone. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly code = 'git-failed';
  readonly argv: readonly string[];
  /** `undefined` when git did not exit by itself. */
  readonly exitStatus: number | undefined;
  readonly stderrTail: string;

  constructor(
    argv: readonly string[],
    failure: { exitStatus?: number | undefined; stderrTail: string; cause?: unknown },
  ) {
    const how = failure.exitStatus === undefined ? 'was ended' : `failed (${failure.exitStatus})`;
    super(`git ${argv.join(' ')} ${how}: ${failure.stderrTail.trim() || 'no message'}`, {
      cause: failure.cause,
    });
    this.argv = argv;
    this.exitStatus = failure.exitStatus;
    this.stderrTail = failure.stderrTail;
  }
}

/** There is no git here, or it is too old. The message says what to do. */
export class GitUnusableError extends Error {
  override readonly name = 'GitUnusableError';
  readonly code = 'git-unusable';
}

/**
 * The version of the git on the PATH.
 * @throws GitUnusableError when there is none or it is older than {@link gitVersionMin}.
 */
export async function findGit(env: NodeJS.ProcessEnv = process.env): Promise<GitVersion> {
  const wanted = `git ${gitVersionMin.join('.')} or newer`;
  const text = await new Promise<string>((resolve, reject) => {
    execFile('git', ['--version'], { env: scrubbed(env, {}) }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else {
        reject(
          new GitUnusableError(`git was not found: install ${wanted} and put it on the PATH.`, {
            cause: error,
          }),
        );
      }
    });
  });
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  const version: GitVersion = [Number(major), Number(minor)];
  if (isAtLeast(version, gitVersionMin)) return version;
  throw new GitUnusableError(`This is ${text.trim()}, which is too old: install ${wanted}.`);
}

/** Whether a git is that new. */
export function isAtLeast(version: GitVersion, wanted: GitVersion): boolean {
  return version[0] > wanted[0] || (version[0] === wanted[0] && version[1] >= wanted[1]);
}

/**
 * Runs git without a shell and gives its standard output.
 * @throws GitError when it fails, or prints more than {@link gitOutputBytesMax}.
 */
export async function runGit(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of streamGit(args, options)) {
    length += chunk.length;
    if (length > gitOutputBytesMax) {
      throw new GitError(args, { stderrTail: `more than ${gitOutputBytesMax} bytes of output` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/**
 * Runs git and gives its standard output in pieces, with backpressure. Whoever stops reading early
 * ends the program.
 * @throws GitError when it fails, after the last piece.
 */
export async function* streamGit(
  args: readonly string[],
  options: GitOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const child = new GitChild(args, options);
  try {
    child.stdin.end(options.input ?? '');
    for await (const chunk of child.stdout) yield bufferOf(chunk);
    await child.succeeded();
  } finally {
    child.kill();
  }
}

/**
 * A running git with its three pipes. Ended with this process: killed when it exits, and by the end
 * of its input when it is killed.
 */
export class GitChild {
  readonly stdin: ChildProcessWithoutNullStreams['stdin'];
  readonly stdout: ChildProcessWithoutNullStreams['stdout'];
  readonly argv: readonly string[];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<GitError | undefined>;

  constructor(args: readonly string[], options: Omit<GitOptions, 'input'>) {
    this.argv = args;
    this.#child = spawn('git', args, {
      cwd: options.directory,
      env: scrubbed(process.env, options.env ?? {}),
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    this.stdin = this.#child.stdin;
    this.stdout = this.#child.stdout;
    // A child that dies while it is written to is reported by its exit status, which says why.
    this.stdin.on('error', () => undefined);
    this.#closed = this.#watch();
  }

  get pid(): number | undefined {
    return this.#child.pid;
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

  /** Ends git at once; nothing happens when it has already ended. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #watch(): Promise<GitError | undefined> {
    const child = this.#child;
    const atExit = (): void => void child.kill('SIGKILL');
    process.on('exit', atExit);
    let stderrTail = '';
    let cause: unknown;
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      stderrTail = (stderrTail + text).slice(-stderrTailLength);
    });
    return new Promise((resolve) => {
      child.on('error', (error) => {
        cause = error;
        stderrTail ||= error.message;
      });
      child.on('close', (status) => {
        process.off('exit', atExit);
        if (status === 0 && cause === undefined) resolve(undefined);
        else {
          resolve(new GitError(this.argv, { exitStatus: status ?? undefined, stderrTail, cause }));
        }
      });
    });
  }
}

/** A piece of a stream as the bytes it is. */
export function bufferOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  throw new TypeError('a stream of bytes gave something else');
}

/** Variables by which a git that started us would bend ours to its own repository. */
const localVariables =
  /^GIT_(?:DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|CONFIG|CONFIG_PARAMETERS|CONFIG_COUNT|CONFIG_(?:KEY|VALUE)_\d+|GRAFT_FILE|SHALLOW_FILE|REPLACE_REF_BASE|NO_REPLACE_OBJECTS|QUARANTINE_PATH|INTERNAL_SUPER_PREFIX|CEILING_DIRECTORIES)$/;

function scrubbed(
  inherited: NodeJS.ProcessEnv,
  added: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(([name]) => !localVariables.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', ...added };
}
