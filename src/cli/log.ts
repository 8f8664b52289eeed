import { pino } from 'pino';

/** Most characters of the log that wait for a place that does not take them; more are dropped. */
const waitingMax = 1024 * 1024;

/** Tells of something that went wrong, and never fails itself. */
export type Warn = (message: string, error: unknown) => void;

/**
 * The log, on standard error: a line of JSON for each trouble. When it cannot be written, as on a
 * full disk, the program goes on without.
 */
export function openLog(): Warn {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: waitingMax });
  destination.on('error', () => undefined);
  const log = pino({ level: 'warn' }, destination);
  return (message, error) => {
    try {
      const cause = error instanceof Error ? error.message : String(error);
      log.warn(error === undefined ? {} : { error: cause }, message);
    } catch {
      // There is nowhere left to tell it.
    }
  };
}
