import type { ObjectTooLargeError } from '../git/cat-file-answers.ts';
import { BallastError } from '../../units/index.ts';

/** A file of a commit cannot be read, so that nothing can be put together with it. */
export class LogUnreadableError extends BallastError {
  override readonly name = 'LogUnreadableError';
  override readonly data: { readonly path: string };

  constructor(path: string, cause: ObjectTooLargeError | undefined) {
    const reason = cause?.message ?? 'git does not have its content';
    super(
      'LOG_UNREADABLE',
      `${JSON.stringify(path)} of a git-annex branch cannot be read: ${reason}`,
      { cause },
    );
    this.data = { path };
  }
}

/** There is a git-annex branch, and git cannot read it: nothing is known of what it says. */
export function branchDamaged(ref: string, directory: string): BallastError {
  return new BallastError(
    'BRANCH_DAMAGED',
    `${ref} in ${directory} leads to no commit that git can read: ` +
      'run git fsck there, and give the branch back the last commit that is whole, or fetch it',
  );
}
