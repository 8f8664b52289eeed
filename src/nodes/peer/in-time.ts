import { within } from '../../waiting/index.ts';
import { PeerError } from './peer-connection.ts';

/** What a promise gives, or a {@link PeerError} when it takes longer than the limit. */
export function inTime<T>(promise: Promise<T>, limitMs: number, what: string): Promise<T> {
  const error = (): PeerError => new PeerError(`${what} within ${limitMs} ms`);
  return within(promise, { limitMs, error });
}
