import { machineClock } from '../repository/clock/machine-clock.ts';
import type { HttpServer } from '../gateway/index.ts';
import { exitAtOnce } from '../repository/index.ts';
import { statuses, UserError } from './errors.ts';

/** The signals that ask a program to end: Ctrl-C, the system, a terminal that is gone. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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

/** How soon a second signal is the same press of Ctrl-C, handed on by a program that started this one, milliseconds. */
const samePressMs = 500;

/**
 * Gives up long work at Ctrl-C and the like, in its own time: what is under way is ended well. Who presses it again does
 * not wait for that.
 *
 * @param words.stopped the error that the work is given up with.
 * @param words.hurried printed when the program ends at once.
 * @returns the signal, and what ends listening.
 */
export function stoppedWell(words: { readonly stopped: string; readonly hurried: string }): {
  readonly signal: AbortSignal;
  readonly end: () => void;
} {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const stop = (): void => {
    const nowMs = machineClock.steadyMs();
    firstMs ??= nowMs;
    controller.abort(new UserError(words.stopped));
    if (nowMs - firstMs < samePressMs) return;
    console.error(`ballast: ${words.hurried}`);
    exitAtOnce(statuses.unable);
  };
  for (const signal of stopSignals) process.on(signal, stop);
  return {
    signal: controller.signal,
    end: () => {
      for (const signal of stopSignals) process.off(signal, stop);
    },
  };
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
 * Ends servers, and then what is behind them. Requests under way get a moment to finish; a second
 * signal takes that away.
 *
 * @param leave ends what is behind the servers.
 * @returns `late` when something hangs; it then goes on.
 */
export async function endServers(
  servers: readonly HttpServer[],
  leave: () => Promise<void>,
): Promise<'ended' | 'late'> {
  const closeAll = (): void => {
    for (const server of servers) server.closeAllConnections();
  };
  const timers = [machineClock.after(graceMs, closeAll)];
  let again = (): void => undefined;
  const late = new Promise<'late'>((resolve) => {
    timers.push(machineClock.after(graceMs + leavingMs, () => resolve('late')));
    again = (): void => {
      closeAll();
      timers.push(machineClock.after(hurryMs, () => resolve('late')));
    };
  });
  for (const signal of stopSignals) process.on(signal, again);
  try {
    return await Promise.race([end(servers, leave), late]);
  } finally {
    for (const timer of timers) timer.close();
    for (const signal of stopSignals) process.off(signal, again);
  }
}

async function end(servers: readonly HttpServer[], leave: () => Promise<void>): Promise<'ended'> {
  await Promise.all(servers.map((server) => closed(server)));
  await leave();
  return 'ended';
}

/** A server that does not listen is closed already. */
async function closed(server: HttpServer): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
