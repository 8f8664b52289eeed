/** A directory is no annex, or has nothing to be read yet; the message says what to do. */
export class NoAnnexError extends Error {
  override readonly name = 'NoAnnexError';
  readonly code = 'no-annex';
}
