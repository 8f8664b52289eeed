import { UserError } from './errors.ts';
import { stopSignals } from './stop-signals.ts';

/** Does something that Ctrl-C and the like give up, in its own time, rather than break off. */
export async function stoppable<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new UserError('stopped; nothing was made.'));
  for (const signal of stopSignals) process.on(signal, stop);
  try {
    return await act(controller.signal);
  } finally {
    for (const signal of stopSignals) process.off(signal, stop);
  }
}

/**
 * Lets Ctrl-C and the like pass by, while what was done is written down: some press it twice, and some
 * programs that start others hand it on a second time.
 * @returns ends that; may be called more than once.
 */
export function holdSignals(): () => void {
  const ignore = (): void => undefined;
  for (const signal of stopSignals) process.on(signal, ignore);
  return () => {
    for (const signal of stopSignals) process.off(signal, ignore);
  };
}
