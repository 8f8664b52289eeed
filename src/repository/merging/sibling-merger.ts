import { branchRef } from '../branch/branch-reader.ts';
import type { Ref } from '../branch/commits.ts';
import type { CommitParts, JournalCommitter } from '../branch/journal-committer.ts';
import { isUnmergeable, onceRewritten, type BranchMerger } from './branch-merger.ts';
import { type MergeTally } from './merge-tally.ts';

/** Most siblings that are remembered as tried. */
const triedMax = 1000;

/**
 * Merges the other versions of the branch that have refs (spec/git-annex-branch.md section 3.4): those
 * fetched, as pushes are merged before they show.
 */
export class SiblingMerger {
  readonly #parts: CommitParts;
  readonly #journal: JournalCommitter;
  readonly #merger: BranchMerger;
  /**
   * Siblings that were tried, by SHA: each is told of once, and one that is merged without being
   * followed, as it has not forgotten what ours has, would be looked through again each time.
   */
  readonly #tried = new Set<string>();

  constructor(parts: CommitParts, journal: JournalCommitter, merger: BranchMerger) {
    this.#parts = parts;
    this.#journal = journal;
    this.#merger = merger;
  }

  /**
   * Merges every sibling that has something new; whether the branch moved. What cannot be merged is
   * reported, once, and left.
   */
  async merge(): Promise<boolean> {
    let isMoved = false;
    for (const sibling of await this.#unmerged()) {
      if (this.#tried.has(sibling.sha)) continue;
      try {
        const tally = await onceRewritten(async () => {
          // So that there is nothing to add when the merge is shown.
          await this.#journal.commit();
          const incoming = { name: sibling.name, sha: sibling.sha, mayForget: true };
          const prepared = await this.#merger.prepare(incoming);
          if (await this.#merger.show(prepared)) isMoved = true;
          return prepared.tally;
        });
        if (tally.count > 0) this.#tell(sibling, this.#partly(sibling, tally));
        else this.#remember(sibling);
      } catch (error) {
        if (!isUnmergeable(error)) throw error;
        this.#tell(sibling, this.#unreadable(sibling, error.message));
      }
    }
    return isMoved;
  }

  /** Every ref whose last component is git-annex, when it is not in the branch's history yet. */
  async #unmerged(): Promise<readonly Ref[]> {
    const tip = await this.#parts.reader.tip();
    const refs = await this.#parts.commits.unmerged(['refs/**/git-annex'], tip);
    return refs.filter(({ name }) => name !== branchRef);
  }

  #partly(sibling: Ref, { named, count }: MergeTally): Error {
    const [first] = named;
    const more = count > 1 ? `, and ${count - 1} more are left out` : ' and is left out';
    const reason = `${JSON.stringify(first?.path)} of it: ${first?.reason}${more}`;
    return this.#unreadable(sibling, reason);
  }

  /** A sibling, or a part of it, cannot be put together with what is here, and is left out. */
  #unreadable({ name }: Ref, reason: string): Error {
    return new Error(`${name} in ${this.#parts.directory} is not merged: ${reason}`);
  }

  #tell(sibling: Ref, error: Error): void {
    this.#remember(sibling);
    this.#parts.onProblem(error);
  }

  #remember({ sha }: Ref): void {
    if (this.#tried.size >= triedMax) this.#tried.clear();
    this.#tried.add(sha);
  }
}
