import type { Clock } from './clock.ts';

/** A signal that is aborted with a `TimeoutError` when so many milliseconds are over; nobody waits for it. */
export function timeoutSignal(clock: Clock, milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const late = (): void => {
    const text = `the operation was aborted after ${milliseconds} ms`;
    controller.abort(new DOMException(text, 'TimeoutError'));
  };
  clock.after(milliseconds, late).unref();
  return controller.signal;
}
