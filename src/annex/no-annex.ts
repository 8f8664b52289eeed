import { BallastError } from '../units/index.ts';

/** A directory is no annex, or has nothing to be read yet; the message says what to do. */
export function noAnnex(message: string): BallastError {
  return new BallastError('NO_ANNEX', message);
}
