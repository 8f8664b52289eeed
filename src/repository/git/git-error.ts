import { BallastError } from '../../units/index.ts';

/** How a git ended. */
interface GitFailure {
  /** `undefined` when git did not exit by itself. */
  readonly exitStatus?: number | undefined;
  readonly stderrTail: string;
}

/** git ran and failed, or could not be run. Retrying helps only when the cause is gone. */
export class GitError extends BallastError {
  override readonly name = 'GitError';
  override readonly data: GitFailure & { readonly argv: readonly string[] };

  constructor(argv: readonly string[], failure: GitFailure & { readonly cause?: unknown }) {
    const { exitStatus, stderrTail, cause } = failure;
    const how = exitStatus === undefined ? 'was ended' : `failed (${exitStatus})`;
    const said = stderrTail.trim() || 'no message';
    super('GIT_FAILED', `git ${argv.join(' ')} ${how}: ${said}`, { cause });
    this.data = { argv, exitStatus, stderrTail };
  }
}

/** There is no git here, or it is too old. The message says what to do. */
export function gitUnusable(message: string, options?: ErrorOptions): BallastError {
  return new BallastError('GIT_UNUSABLE', message, options);
}
