import { within, type TimeLimit } from '../../waiting/index.ts';
import { PeerError } from './peer-connection.ts';

/** What a promise gives, or a {@link PeerError} when it takes longer than the limit. */
export function inTime<T>(
  promise: Promise<T>,
  { clock, limitMs }: Pick<TimeLimit<T>, 'clock' | 'limitMs'>,
  what: string,
): Promise<T> {
  const error = (): PeerError => new PeerError(`${what} within ${limitMs} ms`);
  return within(promise, { clock, limitMs, error });
}
