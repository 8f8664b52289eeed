import type { Key } from '../../key/index.ts';
import {
  isLoggable,
  locationLogPath,
  presentIn,
  setPresence,
  stampOf,
  type Repository,
} from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';

/** One repository's presence of a key, to be written to the gateway's location log. */
export interface LocationChange {
  readonly key: Key;
  readonly repository: Uuid;
  readonly isPresent: boolean;
  /** Whether an absence is told only where the log has a presence. */
  readonly isCorrection?: boolean;
}

/** Resolves once the change is durable. */
export type RecordLocation = (change: LocationChange) => Promise<void>;

/** Writes a change to the location log of a repository. */
export async function recordLocation(
  { branch, system }: Pick<Repository, 'branch' | 'system'>,
  change: LocationChange,
): Promise<void> {
  const { key, repository: uuid, isPresent, isCorrection } = change;
  // What can have no log was never anywhere, so that its absence need not be told.
  if (!isPresent && !isLoggable(key)) return;
  const now = stampOf(system.clock.wallMs());
  const isNothing = (log: string): boolean =>
    isCorrection === true && !isPresent && !presentIn(log).includes(uuid);
  const edit = (log: string): string =>
    isNothing(log) ? log : setPresence(log, { uuid, isPresent, now });
  await branch.change([{ path: locationLogPath(key), edit }]);
}
