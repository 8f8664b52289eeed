/** What an error may say beyond its code and its message. */
export interface BallastErrorOptions extends ErrorOptions {
  /** Whether the same call may succeed later without anybody repairing something. Default: no. */
  readonly isRetryable?: boolean | undefined;
  /** Default: nothing. */
  readonly data?: object | undefined;
}

/**
 * Trouble that somebody treats apart from others: the code says which it is, the message says it to
 * people. Whoever only has to know which trouble it is asks `isErrorCode`; a subclass says what its
 * `data` holds. What is merely passed on, to people or a log, is a plain `Error`.
 *
 * Codes are capitals with underscores, as `NODE_UNAVAILABLE`; an error about a file may have the
 * system's own, as `ENOSPC`. What a peer of the gateway is told of each stands in one table,
 * `gateway/problems.ts`.
 */
export class BallastError extends Error {
  override readonly name: string = 'BallastError';
  /** Which trouble it is; stable. */
  readonly code: string;
  /** Whether the same call may succeed later without anybody repairing something. */
  readonly isRetryable: boolean;
  /** For programs: what the message says in words, and more where somebody needs it. */
  readonly data: object;

  constructor(code: string, message: string, options: BallastErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.isRetryable = options.isRetryable ?? false;
    this.data = options.data ?? {};
  }
}
