/**
 * A session that cannot go on: the peer is gone or silent, or nobody knows where the next line
 * begins.
 */
export class BrokenSessionError extends Error {
  override readonly name = 'BrokenSessionError';
}
