import type { Key } from '../key/index.ts';
import type { Uuid } from '../units/index.ts';
import { isLoggable } from './loggable.ts';
import { stampOf } from './logs/lines/time-stamp.ts';
import { locationLogPath, presentIn, setPresence } from './logs/location-log.ts';
import type { Repository } from './repository.ts';

/** One repository's presence of a key, to be written to a location log. */
export interface LocationChange {
  readonly key: Key;
  readonly repository: Uuid;
  readonly isPresent: boolean;
  /**
   * Whether it is what was found, and nothing that was done: then an absence is told only where the log
   * has a presence, and nothing of a key that can have no log.
   */
  readonly isCorrection?: boolean;
}

/**
 * Writes a change to the location log of a repository's own branch. Resolves once it is durable.
 * @throws Error for a presence that was made of a key that can have no log, and what changing the branch throws.
 */
export async function recordLocation(
  { branch, system }: Pick<Repository, 'branch' | 'system'>,
  { key, repository: uuid, isPresent, isCorrection = false }: LocationChange,
): Promise<void> {
  // What can have no log was never anywhere, so that its absence need not be told.
  if ((!isPresent || isCorrection) && !isLoggable(key)) return;
  const now = stampOf(system.clock.wallMs());
  const isNothing = (log: string): boolean =>
    isCorrection && !isPresent && !presentIn(log).includes(uuid);
  const edit = (log: string): string =>
    isNothing(log) ? log : setPresence(log, { uuid, isPresent, now });
  await branch.change([{ path: locationLogPath(key), edit }]);
}
