import type { ObjectTooLargeError } from '../git/cat-file-answers.ts';

/** A file of a commit cannot be read, so that nothing can be put together with it. */
export class LogUnreadableError extends Error {
  override readonly name = 'LogUnreadableError';
  readonly code = 'log-unreadable';
  readonly path: string;

  constructor(path: string, cause: ObjectTooLargeError | undefined) {
    const reason = cause?.message ?? 'git does not have its content';
    super(`${JSON.stringify(path)} of a git-annex branch cannot be read: ${reason}`, { cause });
    this.path = path;
  }
}

/** There is a git-annex branch, and git cannot read it: nothing is known of what it says. */
export class BranchDamagedError extends Error {
  override readonly name = 'BranchDamagedError';
  readonly code = 'branch-damaged';

  constructor(ref: string, directory: string) {
    super(
      `${ref} in ${directory} leads to no commit that git can read: ` +
        'run git fsck there, and give the branch back the last commit that is whole, or fetch it',
    );
  }
}
