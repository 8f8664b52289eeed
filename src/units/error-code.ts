/** A caught value as an error: what is thrown may be anything. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** The code that a caught value carries, as `ENOENT`; `undefined` when it carries none. */
export function errorCode(error: unknown): string | undefined {
  return hasCode(error) ? error.code : undefined;
}

/** Whether a caught value carries one of these codes. */
export function isErrorCode(
  error: unknown,
  ...codes: readonly string[]
): error is Error & { readonly code: string } {
  return hasCode(error) && codes.includes(error.code);
}

function hasCode(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
