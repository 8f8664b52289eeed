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
