import { pino, type Logger } from 'pino';
import type { NotePush, Warn } from '../gateway/index.ts';

/** Most characters of the log that wait for a place that does not take them; more are dropped. */
const waitingMax = 1024 * 1024;

/** Longest text of a pusher's choosing that a line repeats, in characters. */
const chosenLengthMax = 200;

/**
 * The log, on standard error: a line of JSON for each trouble. When it cannot be written, as on a
 * full disk, the program goes on without.
 */
export function openLog(): Warn {
  const log = standardError();
  return (message, error) => {
    try {
      const cause = error instanceof Error ? error.message : String(error);
      log.warn(error === undefined ? {} : { error: cause }, message);
    } catch {
      // There is nowhere left to tell it.
    }
  };
}

/**
 * Writes a line to the same log for each push, of level `info`, as it is no trouble: who pushed, which
 * refs, from and to where.
 */
export function openPushLog(): NotePush {
  const log = standardError();
  return ({ pusher, refs, count, leftOut }) => {
    try {
      const named = refs.map((command) => ({ ...command, ref: cut(command.ref) }));
      log.info({ user: cut(pusher), refs: named, count, leftOut }, 'push');
    } catch {
      // The push is done, and there is nowhere left to tell that it was not logged.
    }
  };
}

function standardError(): Logger {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: waitingMax });
  destination.on('error', () => undefined);
  return pino({ level: 'info' }, destination);
}

function cut(text: string): string {
  return text.slice(0, chosenLengthMax);
}
