import type { Server } from 'node:http';
import { stopSignals } from './stop-signals.ts';

/** How long requests under way may still take after Ctrl-C, milliseconds. */
const graceMs = 5_000;

/**
 * Resolves when the program is told to stop (Ctrl-C, SIGTERM, SIGHUP) and the server has ended:
 * requests under way get a moment to finish, a second signal takes that away.
 */
export async function untilStopped(server: Server): Promise<void> {
  await signalled();
  const ended = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  const again = (): void => server.closeAllConnections();
  for (const signal of stopSignals) process.on(signal, again);
  await ended;
  clearTimeout(timer);
  for (const signal of stopSignals) process.off(signal, again);
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of stopSignals) process.off(signal, stop);
      resolve();
    };
    for (const signal of stopSignals) process.on(signal, stop);
  });
}
