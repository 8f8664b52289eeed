import { join } from 'node:path';
import type { Disk, FileLock, Refs, System } from '../../repository/index.ts';

/** Refs of ours, which nobody else is shown or may write. */
const ownRefs = 'refs/ballast';

/**
 * Where pushed commits are until they are merged. Their names do not end in `git-annex`, so that no
 * git-annex merges them as they are.
 */
const pushedRefs = `${ownRefs}/pushed`;

/** How long others may be clearing up, milliseconds. */
const waitMs = 30_000;

/** Settings of a git that serves a repository: what is ours is neither shown nor written. */
export const hidingOwnRefs: readonly string[] = ['-c', `transfer.hideRefs=${ownRefs}`];

/** Whether a ref is for nobody else to see. */
export function isOwnRef(ref: string): boolean {
  return ref.startsWith(`${ownRefs}/`);
}

/** A ref in the quarantine, and the object that was pushed there. */
export type Quarantined = ReadonlyMap<string, string>;

/** Where a quarantine is. */
export interface QuarantinePlace {
  readonly gitDirectory: string;
  readonly refs: Refs;
  /** The disk that the repository is on. */
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'locks'>;
}

/** Is told why what others have left cannot be cleared; `undefined` when nothing is left any more. */
export type ClearingTold = (failure: unknown) => void;

/**
 * Room for the commits of one push, apart from all refs that mean something. Whoever has room holds
 * a shared lock; who gets it alone knows that what is there was left by a push that was killed, and
 * removes it unmerged: nobody has been told that it was taken.
 */
export class Quarantine {
  readonly #refs: Refs;
  readonly #prefix: string;
  readonly #lock: FileLock;
  #isClosed = false;

  private constructor(refs: Refs, id: string, lock: FileLock) {
    this.#refs = refs;
    this.#prefix = `${pushedRefs}/${id}`;
    this.#lock = lock;
  }

  /**
   * Makes room. What others have left and cannot be cleared is in nobody's way: each room has a name
   * of its own.
   *
   * @throws FILE_LOCK_TIMEOUT.
   */
  static async open(place: QuarantinePlace, told: ClearingTold): Promise<Quarantine> {
    const { gitDirectory, refs, disk, system } = place;
    try {
      if (await clearQuarantine(place)) told(undefined);
    } catch (failure) {
      told(failure);
    }
    const path = lockPath(gitDirectory);
    const how = { create: true, timeoutMs: waitMs, disk };
    const lock = await system.locks.lock(path, 'shared', how);
    return new Quarantine(refs, system.clock.uuid(), lock);
  }

  /** Settings by which git takes commits into this room, and into no other. */
  get settings(): readonly string[] {
    return ['-c', `receive.hideRefs=${ownRefs}`, '-c', `receive.hideRefs=!${this.#prefix}`];
  }

  /** The ref for one of the push's commits. */
  place(index: number): string {
    return `${this.#prefix}/${index}`;
  }

  /** What git has taken in. */
  pushed(): Promise<Quarantined> {
    return refsBelow(this.#refs, this.#prefix);
  }

  /** Removes what is in the room, and gives it up; once. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#refs.remove([...(await this.pushed()).keys()]);
    } finally {
      this.#lock.release();
    }
  }
}

/**
 * Removes what pushes that were killed have left, unless one is under way.
 * @returns whether nothing is left.
 */
export async function clearQuarantine({
  gitDirectory,
  refs,
  disk,
  system,
}: QuarantinePlace): Promise<boolean> {
  const how = { create: true, disk };
  const lock = await system.locks.tryLock(lockPath(gitDirectory), 'exclusive', how);
  if (lock === undefined) return false;
  try {
    await refs.remove([...(await refsBelow(refs, pushedRefs)).keys()]);
    return true;
  } finally {
    lock.release();
  }
}

function lockPath(gitDirectory: string): string {
  return join(gitDirectory, 'annex', 'ballast-push.lck');
}

async function refsBelow(refs: Refs, prefix: string): Promise<Quarantined> {
  const found = await refs.refs([`${prefix}/`]);
  return new Map(found.map(({ name, sha }) => [name, sha]));
}
