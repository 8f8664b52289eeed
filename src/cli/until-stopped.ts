import type { Server } from 'node:http';
import { stopSignals } from './stop-signals.ts';

/** How long requests under way may still take after Ctrl-C, milliseconds. */
const graceMs = 5_000;

/** How long everything else may take after that. */
const leavingMs = 10_000;

/** How long all of it may still take after a second signal. */
const hurryMs = 2_000;

/** Resolves when the program is told to stop: Ctrl-C, SIGTERM, SIGHUP. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      for (const signal of stopSignals) process.off(signal, stop);
      resolve();
    };
    for (const signal of stopSignals) process.on(signal, stop);
  });
}

/**
 * Ends a server, and then what is behind it. Requests under way get a moment to finish; a second
 * signal takes that away.
 *
 * @param leave ends what is behind the server.
 * @returns `late` when something hangs; it then goes on.
 */
export async function endServer(
  server: Server,
  leave: () => Promise<void>,
): Promise<'ended' | 'late'> {
  const timers = [setTimeout(() => server.closeAllConnections(), graceMs)];
  let again = (): void => undefined;
  const late = new Promise<'late'>((resolve) => {
    timers.push(setTimeout(() => resolve('late'), graceMs + leavingMs));
    again = (): void => {
      server.closeAllConnections();
      timers.push(setTimeout(() => resolve('late'), hurryMs));
    };
  });
  for (const signal of stopSignals) process.on(signal, again);
  try {
    return await Promise.race([end(server, leave), late]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    for (const signal of stopSignals) process.off(signal, again);
  }
}

async function end(server: Server, leave: () => Promise<void>): Promise<'ended'> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  await closed;
  await leave();
  return 'ended';
}
