import { decodeText } from '../../units/index.ts';
import { branchRef, differences, LogUnreadableError } from './branch-reader.ts';
import { writeCommit, type CommitFile } from './commit-writer.ts';
import type { FileLock } from '../files/file-lock.ts';
import { runGit } from '../git/git.ts';
import { ObjectTooLargeError } from '../git/cat-file-answers.ts';
import { GitError } from '../git/git-error.ts';
import {
  BranchBusyError,
  commitAttemptsMax,
  type CommitParts,
  type JournalCommitter,
} from './journal-committer.ts';
import { unionMerge } from './union-merge.ts';

/** Another version of the branch: fetched, or pushed by a client. */
interface Sibling {
  readonly ref: string;
  readonly sha: string;
}

/** A sibling asks that the branch be rewritten, which is for git-annex to do. */
export class BranchTransitionError extends Error {
  override readonly name = 'BranchTransitionError';
  readonly code = 'branch-transition';

  constructor(directory: string, ref: string) {
    super(
      `${ref} in ${directory} has been rewritten by git annex forget and is not merged: ` +
        'run git annex merge there, or delete that ref',
    );
  }
}

/** A sibling cannot be put together with what is here, and so neither takes the other's place. */
export class SiblingUnreadableError extends Error {
  override readonly name = 'SiblingUnreadableError';
  readonly code = 'sibling-unreadable';

  constructor(directory: string, ref: string, cause: Error) {
    super(`${ref} in ${directory} is not merged: ${cause.message}`, { cause });
  }
}

/** Merges the other versions of the branch into it (spec/git-annex-branch.md section 3.4). */
export class SiblingMerger {
  readonly #parts: CommitParts;
  readonly #journal: JournalCommitter;
  /** Siblings told of, by SHA, so that each is told of once. */
  readonly #refused = new Set<string>();

  constructor(parts: CommitParts, journal: JournalCommitter) {
    this.#parts = parts;
    this.#journal = journal;
  }

  /**
   * Merges every sibling that has something new; whether the branch moved. One that cannot be
   * merged is reported, once, and left.
   */
  async merge(): Promise<boolean> {
    let isMoved = false;
    for (const sibling of await this.#unmerged()) {
      try {
        if (await this.#asksForTransition(sibling)) this.#refuse(sibling);
        else if (await this.#mergeOne(sibling)) isMoved = true;
      } catch (error) {
        const isUnreadable =
          error instanceof LogUnreadableError || error instanceof ObjectTooLargeError;
        if (!isUnreadable) throw error;
        this.#refuse(sibling, error);
      }
    }
    return isMoved;
  }

  /** Every ref whose last component is git-annex, when it is not in the branch's history yet. */
  async #unmerged(): Promise<Sibling[]> {
    const tip = await this.#parts.reader.tip();
    const filter = tip === undefined ? [] : [`--no-merged=${tip}`];
    const format = '--format=%(objecttype) %(objectname) %(refname)';
    const output = await runGit(['for-each-ref', ...filter, format, 'refs/**/git-annex'], {
      directory: this.#parts.directory,
    });
    const siblings: Sibling[] = [];
    for (const line of decodeText(output).split('\n')) {
      const [, sha, ref] = /^commit ([0-9a-f]+) (.+)$/.exec(line) ?? [];
      if (sha !== undefined && ref !== undefined && ref !== branchRef) siblings.push({ ref, sha });
    }
    return siblings;
  }

  async #mergeOne(sibling: Sibling): Promise<boolean> {
    for (let attempt = 0; attempt < commitAttemptsMax; attempt += 1) {
      let lock: FileLock | undefined = attempt === 0 ? undefined : await this.#parts.journal.lock();
      try {
        // git-annex would take a journal entry made before the merge in place of what is merged.
        await this.#journal.commit(lock);
        const tip = await this.#parts.reader.tip();
        if (tip !== undefined && (await this.#isAncestor(sibling.sha, tip))) return false;
        const message = `merging ${shortName(sibling.ref)} into git-annex`;
        const to = await this.#merged({ sibling, tip, message });
        lock ??= await this.#parts.journal.lock();
        if ((await this.#journal.pending()).length > 0) continue;
        const note = { message, identity: this.#parts.identity() };
        if (await this.#parts.ref.move({ from: tip, to }, note)) return true;
      } finally {
        lock?.release();
      }
    }
    throw new BranchBusyError(this.#parts.directory);
  }

  /** The commit that has both: the sibling itself when the branch has nothing of its own. */
  async #merged(merge: {
    readonly sibling: Sibling;
    readonly tip: string | undefined;
    readonly message: string;
  }): Promise<string> {
    const { sibling, tip, message } = merge;
    if (tip === undefined || (await this.#isAncestor(tip, sibling.sha))) return sibling.sha;
    return writeCommit(
      {
        parents: [tip, sibling.sha],
        message,
        identity: this.#parts.identity(),
        timeMs: Date.now(),
        files: this.#mergedFiles({ from: tip, to: sibling.sha }),
      },
      this.#parts,
    );
  }

  /** What the sibling brings: its own files as they are, of changed ones the union. */
  async *#mergedFiles(commits: {
    readonly from: string;
    readonly to: string;
  }): AsyncGenerator<CommitFile, void, undefined> {
    const { directory, reader } = this.#parts;
    const all = (): boolean => true;
    for await (const { path, before, after } of differences(directory, commits, all)) {
      if (before === undefined && after !== undefined) yield { path, content: { sha: after } };
    }
    for await (const { path, before, after } of reader.changesInBoth(commits)) {
      const text = unionMerge(before, after);
      if (text !== before) yield { path, content: { text } };
    }
  }

  async #asksForTransition(sibling: Sibling): Promise<boolean> {
    const theirs = await this.#parts.reader.read('transitions.log', sibling.sha);
    if (theirs === undefined) return false;
    const ours = (await this.#parts.reader.read('transitions.log')) ?? '';
    return unionMerge(ours, theirs) !== ours;
  }

  #refuse({ ref, sha }: Sibling, unreadable?: Error): void {
    if (this.#refused.has(sha)) return;
    this.#refused.add(sha);
    const { directory, onProblem } = this.#parts;
    if (unreadable === undefined) onProblem(new BranchTransitionError(directory, ref));
    else onProblem(new SiblingUnreadableError(directory, ref, unreadable));
  }

  async #isAncestor(older: string, newer: string): Promise<boolean> {
    const args = ['merge-base', '--is-ancestor', older, newer];
    try {
      await runGit(args, { directory: this.#parts.directory });
      return true;
    } catch (error) {
      if (error instanceof GitError && error.exitStatus === 1) return false;
      throw error;
    }
  }
}

/** `origin/git-annex` for `refs/remotes/origin/git-annex`, as git-annex names it in its commits. */
function shortName(ref: string): string {
  return ref.replace(/^refs\/(?:remotes|heads)\//, '');
}
