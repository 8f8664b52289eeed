/**
 * Does something with a signal of its own, which is aborted as another one is, and leaves nothing behind there: what
 * asks a signal that lives long for each of a million contents adds a listener for each.
 *
 * @throws the signal's reason when it is aborted already; what the act throws.
 */
export async function withOwnSignal<T>(
  signal: AbortSignal,
  act: (own: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const abort = (): void => own.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await act(own.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
