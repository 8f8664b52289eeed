import { BallastError, isErrorCode } from '../../units/index.ts';
import type { Notice } from '../notices/notices.ts';

/** A node on a local path took too long to be opened, which goes on. */
export function nodeOpenTimeout(limitMs: number): BallastError {
  return new BallastError('NODE_OPEN_TIMEOUT', `it could not be opened within ${limitMs} ms`, {
    isRetryable: true,
  });
}

/** What is told of a node on a local path that cannot be opened: it is away, or another one. */
export function unopened(remote: string): Notice {
  const text = `node ${remote} cannot be used: the gateway's log tells why`;
  return { kind: 'node', subject: `${remote} unopened`, text };
}

/** Settings have a notice of their own, and so has a disk that does not answer. */
export function isToldElsewhere(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const isSetting = [error, cause].some((one) => isErrorCode(one, 'REFUSED_SETTING'));
  return isSetting || isErrorCode(error, 'NODE_OPEN_TIMEOUT');
}
