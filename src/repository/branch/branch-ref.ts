import { branchRef, type BranchReader } from './branch-reader.ts';
import { durableGitOptions, type CommitIdentity } from './commit-writer.ts';
import type { Disk } from '../files/disk.ts';
import { fsyncDirectory } from '../files/durable.ts';
import { openFlags } from '../files/system-calls.ts';
import { runGit, type GitVersion } from '../git/git.ts';
import { GitError } from '../git/git-error.ts';
import { isErrorCode } from '../../units/index.ts';

/** The name `refs/heads/git-annex`, which is only ever moved from a commit that one has seen. */
export class BranchRef {
  readonly #directory: string;
  readonly #gitDirectory: string;
  readonly #version: GitVersion;
  readonly #reader: BranchReader;
  readonly #disk: Disk;

  constructor(parts: {
    readonly directory: string;
    readonly gitDirectory: string;
    readonly version: GitVersion;
    readonly reader: BranchReader;
    readonly disk: Disk;
  }) {
    this.#directory = parts.directory;
    this.#gitDirectory = parts.gitDirectory;
    this.#version = parts.version;
    this.#reader = parts.reader;
    this.#disk = parts.disk;
  }

  /**
   * Moves the branch, durably; `false` when it is not where the caller saw it
   * (spec/git-annex-branch.md section 3.7: on refusal start over from the new tip). Hold the
   * journal lock, since git-annex itself moves the branch without looking where it is.
   * @throws GitError when git refuses for another reason.
   */
  async move(
    step: { readonly from: string | undefined; readonly to: string },
    note: { readonly message: string; readonly identity: CommitIdentity },
  ): Promise<boolean> {
    const old = step.from ?? '0'.repeat(step.to.length);
    const args = [...durableGitOptions(this.#version), 'update-ref', '-m', note.message];
    try {
      await runGit([...args, branchRef, step.to, old], {
        directory: this.#directory,
        env: { GIT_COMMITTER_NAME: note.identity.name, GIT_COMMITTER_EMAIL: note.identity.email },
      });
    } catch (error) {
      if (error instanceof GitError && (await this.#reader.tip()) !== step.from) return false;
      throw error;
    }
    await this.#sync();
    return true;
  }

  /** Git syncs the file of a ref only since 2.36, and never the directory that names it. */
  async #sync(): Promise<void> {
    const heads = `${this.#gitDirectory}/refs/heads`;
    try {
      const file = await this.#disk.open(`${heads}/git-annex`, openFlags.O_RDONLY);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await fsyncDirectory(heads, this.#disk);
    } catch (error) {
      // Refs that are not files are kept, and synced, in git's own way.
      if (!isErrorCode(error, 'ENOENT')) throw error;
    }
  }
}
