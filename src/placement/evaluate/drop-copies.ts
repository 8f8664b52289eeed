/**
 * The copies that a drop may rely on (spec/expressions.md section 13). They are counted here and nowhere
 * else: `mayDrop` and simulations both ask, each with its own lookups.
 *
 * 1. Copies in clusters, in untrusted and in dead repositories never count, nor does the one that is to go.
 * 2. A copy that is locked, or in a trusted repository by what is said of it, cannot go meanwhile: it is
 *    held. One whose repository was asked just now is verified. Any other is only said to be there.
 * 3. numcopies of them must be held or verified, and mincopies of them held. Who drops from where it runs
 *    holds a lock of its own, so that verified ones will do for mincopies.
 */
import type { TrustLevel } from '../world/configuration.ts';

/** What a copy is to a drop: it cannot go meanwhile, it was there just now, or it is only said to be there. */
export type CopyStanding = 'held' | 'verified' | 'unproved';

/** Lookups about the repositories that may have a copy, which are known by `R`: a UUID, or a number. */
export interface CopyLookups<R> {
  /** All that may have one, each once; more do no harm. */
  readonly repositories: Iterable<R>;
  /** Whether a repository is said to have it: by the location log, or when it was asked. */
  holds(repository: R): boolean;
  /** Whether its copy is locked until the drop is over. */
  isLocked(repository: R): boolean;
  /** Whether it was asked just now, and has it. */
  isVerified(repository: R): boolean;
  trust(repository: R): TrustLevel;
  isCluster(repository: R): boolean;
}

/** What a drop asks of the copies that it leaves. */
export interface CopiesNeeded {
  readonly numcopies: number;
  readonly mincopies: number;
  /** The drop is made where the content is, by one who keeps others from dropping it there meanwhile. */
  readonly isLocal: boolean;
  /**
   * Copies in untrusted and dead repositories count as others do, which is so in git-annex's simulator
   * (spec/sim.md section 7). Default: they never count.
   */
  readonly countsUntrusted?: boolean;
  /**
   * What was verified in a trusted repository is no more than that, which is so in git-annex's simulator.
   * Default: a trusted repository is believed, and need not be asked.
   */
  readonly asksTrusted?: boolean;
}

/** What a drop has too few copies for. */
export type CopiesLacking = 'numcopies' | 'mincopies';

const nothing: readonly CopiesLacking[] = [];

/**
 * What a drop has too few copies for; nothing when they are enough.
 * @param from the repository that is to lose its copy.
 * @param tell is told of each copy that counts, or would once it is proved, in the order of
 *   `lookups.repositories`.
 * Cost: a pass over the repositories; nothing is kept.
 */
export function copiesLacking<R>(
  from: R,
  lookups: CopyLookups<R>,
  needed: CopiesNeeded,
  tell?: (repository: R, standing: CopyStanding) => void,
): readonly CopiesLacking[] {
  let forNumcopies = 0;
  let forMincopies = 0;
  for (const repository of lookups.repositories) {
    if (repository === from || !lookups.holds(repository)) continue;
    const standing = standingOf(repository, lookups, needed);
    if (standing === undefined) continue;
    tell?.(repository, standing);
    if (countsFor('numcopies', standing, needed.isLocal)) forNumcopies += 1;
    if (countsFor('mincopies', standing, needed.isLocal)) forMincopies += 1;
  }
  const hasNumcopies = forNumcopies >= needed.numcopies;
  const hasMincopies = forMincopies >= needed.mincopies;
  if (hasNumcopies) return hasMincopies ? nothing : ['mincopies'];
  return hasMincopies ? ['numcopies'] : ['numcopies', 'mincopies'];
}

/** Whether a copy counts for numcopies, or for mincopies, when a drop is made where the content is, or not. */
export function countsFor(need: CopiesLacking, standing: CopyStanding, isLocal: boolean): boolean {
  if (standing === 'held') return true;
  return standing === 'verified' && (need === 'numcopies' || isLocal);
}

/** What a copy is to a drop; `undefined` for one that can never count. */
function standingOf<R>(
  repository: R,
  lookups: CopyLookups<R>,
  { countsUntrusted = false, asksTrusted = false }: CopiesNeeded,
): CopyStanding | undefined {
  if (lookups.isCluster(repository)) return undefined;
  const trust = lookups.trust(repository);
  if (!countsUntrusted && (trust === 'untrusted' || trust === 'dead')) return undefined;
  if (lookups.isLocked(repository)) return 'held';
  const isVerified = lookups.isVerified(repository);
  if (trust === 'trusted' && !(asksTrusted && isVerified)) return 'held';
  return isVerified ? 'verified' : 'unproved';
}
