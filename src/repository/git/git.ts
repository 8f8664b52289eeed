import { execFile } from 'node:child_process';
import { bufferOf, GitChild, gitEnvironment, type GitChildOptions } from './git-child.ts';
import { GitError, gitUnusable } from './git-error.ts';
import { isErrorCode } from '../../units/index.ts';

/**
 * Oldest git that has what ballast asks of it (`cat-file --batch`, `fast-import` with `get-mark`).
 */
const gitVersionMin: GitVersion = [2, 30];

/** Most bytes that {@link runGit} returns; what may be longer is read with {@link streamGit}. */
const gitOutputBytesMax: number = 64 * 1024 * 1024;

/** Major and minor number of a git release. */
export type GitVersion = readonly [major: number, minor: number];

/** Where and how a git program runs, and what it is told. */
export interface GitOptions extends GitChildOptions {
  readonly input?: Uint8Array | string;
}

/**
 * The version of the git on the PATH.
 * @throws GIT_UNUSABLE when there is none or it is older than {@link gitVersionMin}; GitError
 * when it could not be asked, as when descriptors have run out.
 */
export async function findGit(env: NodeJS.ProcessEnv = process.env): Promise<GitVersion> {
  const wanted = `git ${gitVersionMin.join('.')} or newer`;
  const args = ['--version'];
  const text = await new Promise<string>((resolve, reject) => {
    execFile('git', args, { env: gitEnvironment(env) }, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (isErrorCode(error, 'EMFILE', 'ENFILE', 'EAGAIN')) {
        reject(new GitError(args, { stderrTail: error.message, cause: error }));
      } else {
        reject(
          gitUnusable(`git was not found: install ${wanted} and put it on the PATH.`, {
            cause: error,
          }),
        );
      }
    });
  });
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  const version: GitVersion = [Number(major), Number(minor)];
  if (isGitAtLeast(version, gitVersionMin)) return version;
  throw gitUnusable(`This is ${text.trim()}, which is too old: install ${wanted}.`);
}

/** Whether a git is that new. */
export function isGitAtLeast(version: GitVersion, wanted: GitVersion): boolean {
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
