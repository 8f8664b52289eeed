import { GitError } from '../git/git-error.ts';
import type { StaleLocks } from '../leftovers/stale-locks.ts';
import type { Journal } from './journal.ts';

/**
 * Does something with git. Where that fails, and lock files of git were left by one that is gone, they
 * are removed, under the journal lock, and it is done again.
 *
 * @param on.removed told of each lock that was removed.
 */
export async function pastLocks<T>(
  act: () => Promise<T>,
  on: {
    readonly locks: StaleLocks;
    readonly journal: Journal;
    readonly removed: (name: string) => void;
  },
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const removed = await clear(on.locks, on.journal);
    if (removed.length === 0) throw error;
    for (const name of removed) on.removed(name);
    return await act();
  }
}

/** What keeps locks from being looked at adds nothing to the failure that there is. */
async function clear(locks: StaleLocks, journal: Journal): Promise<readonly string[]> {
  try {
    const lock = await journal.lock();
    try {
      return await locks.clear();
    } finally {
      lock.release();
    }
  } catch {
    return [];
  }
}
