import { isErrorCode, BallastError } from '../units/index.ts';
/** A node that could not be asked, so that nothing is known of what it has. */
export class NodeUnavailableError extends BallastError {
  override readonly name = 'NodeUnavailableError';
  override readonly data: { readonly node: string };

  /** Default code: `NODE_UNAVAILABLE`. */
  constructor(node: string, why: string, options: ErrorOptions & { readonly code?: string } = {}) {
    super(options.code ?? 'NODE_UNAVAILABLE', `node ${node} is not available: ${why}`, {
      cause: options.cause,
      isRetryable: true,
    });
    this.data = { node };
  }
}

/** A repository takes keys of secure hashes only, and this key is of none. */
export function insecureKey(node: string, backend: string): BallastError {
  return new BallastError(
    'INSECURE_KEY',
    `annex.securehashesonly is set in ${node}, and ${backend} is no secure hash; ` +
      'use another backend, such as SHA256E.',
  );
}

/**
 * Whether a content's stream ended in this error since the content is not what it was when it was
 * opened. What had been read until then is of no use.
 */
export function isContentChanged(error: unknown): boolean {
  return isErrorCode(error, 'CONTENT_CHANGED');
}
