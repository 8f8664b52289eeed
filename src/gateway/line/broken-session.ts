import { BallastError, isErrorCode } from '../../units/index.ts';

/**
 * A session that cannot go on: the peer is gone or silent, or nobody knows where the next line
 * begins.
 */
export function brokenSession(why: string, options?: ErrorOptions): BallastError {
  return new BallastError('BROKEN_SESSION', why, options);
}

/** Whether an error says that a session cannot go on. */
export function isBrokenSession(error: unknown): error is BallastError {
  return error instanceof BallastError && isErrorCode(error, 'BROKEN_SESSION');
}
