import { isErrorCode } from '../units/index.ts';
/** A node that could not be asked, so that nothing is known of what it has. */
export class NodeUnavailableError extends Error {
  readonly code = 'NODE_UNAVAILABLE';
  readonly node: string;

  constructor(node: string, why: string, options?: ErrorOptions) {
    super(`node ${node} is not available: ${why}`, options);
    this.node = node;
  }
}

/** A repository takes keys of secure hashes only, and this key is of none. */
export class InsecureKeyError extends Error {
  readonly code = 'INSECURE_KEY';

  constructor(node: string, backend: string) {
    super(
      `annex.securehashesonly is set in ${node}, and ${backend} is no secure hash; ` +
        'use another backend, such as SHA256E.',
    );
  }
}

/**
 * Whether a content's stream ended in this error since the content is not what it was when it was
 * opened. What had been read until then is of no use.
 */
export function isContentChanged(error: unknown): boolean {
  return isErrorCode(error, 'CONTENT_CHANGED');
}
