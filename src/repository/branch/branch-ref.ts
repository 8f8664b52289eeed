import { branchRef } from './branch-reader.ts';
import type { Commits, RefMove, RefNote } from './commits.ts';

/** The name `refs/heads/git-annex`, which is only ever moved from a commit that one has seen. */
export class BranchRef {
  readonly #commits: Commits;

  constructor(commits: Commits) {
    this.#commits = commits;
  }

  /**
   * Moves the branch, durably; `false` when it is not where the caller saw it
   * (spec/git-annex-branch.md section 3.7: on refusal start over from the new tip). Hold the
   * journal lock, since git-annex itself moves the branch without looking where it is.
   * @throws GitError when git refuses for another reason.
   */
  move(step: Omit<RefMove, 'ref'>, note: RefNote): Promise<boolean> {
    return this.#commits.move({ ref: branchRef, ...step }, note);
  }
}
