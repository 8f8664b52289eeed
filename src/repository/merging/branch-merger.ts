import { BallastError, isErrorCode } from '../../units/index.ts';
import { BranchReader } from '../branch/branch-reader.ts';
import { currentText } from '../branch/change-queue.ts';
import {
  branchBusy,
  commitAttemptsMax,
  type CommitParts,
  type JournalCommitter,
} from '../branch/journal-committer.ts';
import type { FileLock } from '../files/locks.ts';
import { ObjectTooLargeError } from '../git/cat-file-answers.ts';
import type { Dead } from './forgetting.ts';
import { emptyTree } from '../branch/commits.ts';
import { MergeCommits, mergeMessage } from './merge-commits.ts';
import { keepingHistory, Transitions } from './transitions.ts';
import {
  filteredRoom,
  mergedFiles,
  mergedRoom,
  ownRoom,
  type MergeFilter,
  type MergeTools,
} from './merged-files.ts';
import { MergeTally } from './merge-tally.ts';

/** Reads a file of the branch; `undefined` for no file. */
type ReadFile = (path: string) => Promise<string | undefined>;

/** Makes a filter for one merge, of what both versions say. */
export type MakeFilter = (read: {
  readonly ours: ReadFile;
  readonly theirs: ReadFile;
}) => Promise<MergeFilter>;

/** Another version of the branch. */
export interface Incoming {
  /** What it is called in messages. */
  readonly name: string;
  readonly sha: string;
  /** Default: all of it may come in. */
  readonly filter?: MakeFilter | undefined;
  /** Whether it may have the branch forget (`git annex forget`). */
  readonly mayForget: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A merge that is written and does not show yet. */
export interface PreparedMerge {
  readonly name: string;
  /** The branch that it was made for. */
  readonly tip: string | undefined;
  /** What the branch becomes; `undefined` when nothing is new. */
  readonly to: string | undefined;
  /** Of whom it says nothing any more, when it is a new history; else it goes on with the old one. */
  readonly forgets: Dead | undefined;
  readonly tally: MergeTally;
}

/** What is to be merged is no version of the branch. */
function noBranch(message: string): BallastError {
  return new BallastError('NO_BRANCH', message);
}

/** Whether a version of the branch can never be merged as it is; the message says why. */
export function isUnmergeable(error: unknown): error is Error {
  return isErrorCode(
    error,
    'NO_BRANCH',
    'UNKNOWN_TRANSITION',
    'MERGE_TOO_LARGE',
    'OBJECT_TOO_LARGE',
  );
}

/** The branch has been rewritten since a merge was prepared, which would bring the old back. */
function branchRewritten(message: string): BallastError {
  return new BallastError('BRANCH_REWRITTEN', message, { isRetryable: true });
}

/** How often a merge is prepared anew for a branch that was rewritten meanwhile. */
const rewritingsMax = 3;

/** Does what prepares and shows a merge, again when the branch was rewritten in between. */
export async function onceRewritten<T>(merge: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await merge();
    } catch (error) {
      if (!isErrorCode(error, 'BRANCH_REWRITTEN') || attempt >= rewritingsMax) throw error;
    }
  }
}

/**
 * Merges other versions of the branch into it, line by line (spec/git-annex-branch.md section 3.4).
 *
 * 1. `prepare` writes a commit on the tip with what the other brings. A version that has all of ours
 *    becomes the branch itself. One of which something was left out is no parent of the commit: its
 *    maker keeps what he has, and nobody is led to take the commit for all of it. Where the other asks
 *    that the branch be rewritten (`git annex forget`), the commit begins a new history. Of one that
 *    has not been rewritten yet as ours has, what is forgotten here does not come back.
 * 2. `show` moves the branch there, under the journal lock. When the branch has moved meanwhile, what
 *    is new in it is put on top of the prepared commit, which is little, whatever was merged.
 *
 * Killed between the two, the branch is as it was.
 */
export class BranchMerger {
  readonly #parts: CommitParts;
  readonly #journal: JournalCommitter;
  readonly #transitions: Transitions;
  readonly #commits: MergeCommits;

  constructor(parts: CommitParts, journal: JournalCommitter) {
    this.#parts = parts;
    this.#journal = journal;
    this.#transitions = new Transitions(parts);
    this.#commits = new MergeCommits(parts);
  }

  /**
   * Writes the merge; needs no lock.
   * @throws NO_BRANCH, UNKNOWN_TRANSITION, MERGE_TOO_LARGE, GitError.
   */
  async prepare(incoming: Incoming): Promise<PreparedMerge> {
    const { sha, name } = incoming;
    const { directory, onProblem, system, commits } = this.#parts;
    await this.#refuseNoBranch(sha);
    const tip = await this.#parts.reader.tip();
    const nothing = { name, tip, to: undefined, forgets: undefined, tally: new MergeTally() };
    if (tip !== undefined && (await commits.isAncestor({ older: sha, newer: tip }))) return nothing;
    const reader = new BranchReader({
      directory,
      commits: system.commits(this.#parts, ownRoom.bytes),
      onProblem,
    });
    try {
      return await this.#prepare(incoming, tip, reader);
    } finally {
      await reader.close();
    }
  }

  async #prepare(
    { sha, name, filter: makeFilter, mayForget, signal }: Incoming,
    tip: string | undefined,
    reader: BranchReader,
  ): Promise<PreparedMerge> {
    const { journal, commits } = this.#parts;
    const made = await makeFilter?.({
      ours: (path) => currentText(path, journal, (one) => this.#parts.reader.readOrTell(one)),
      theirs: (path) => readable(reader.read(path, sha)),
    });
    const room = made === undefined ? mergedRoom : filteredRoom;
    const chosen = made ?? (mayForget ? undefined : keepingHistory);
    const versions = { sha, tip, reader };
    const { asked, areDone } = await this.#transitions.between(versions, {
      mayForget: mayForget && made === undefined,
    });
    const filter = areDone ? chosen : await this.#transitions.keeping(versions, chosen);
    const { clock } = this.#parts.system;
    const tools = { clock, reader, filter, room, signal };
    const isFollowing =
      asked === undefined &&
      (tip === undefined || (await commits.isAncestor({ older: tip, newer: sha })));
    if (isFollowing) {
      const tally = new MergeTally();
      if (await this.#isWhole({ sha, tip }, { ...tools, tally }))
        return { name, tip, to: sha, forgets: undefined, tally };
    }
    const tally = new MergeTally();
    const mayFollow = areDone && asked === undefined;
    const merged = await this.#commits.merged({ sha, tip, name }, { ...tools, tally }, mayFollow);
    if (asked === undefined || merged === undefined)
      return { name, tip, to: merged, forgets: undefined, tally };
    const message = mergeMessage(name);
    const begun = await this.#transitions.rewritten(merged, { message, asked, reader, signal });
    return { name, tip, ...begun, tally };
  }

  /**
   * Shows a prepared merge; whether the branch moved. Not while the journal is being committed.
   * @throws BRANCH_REWRITTEN when the branch has been rewritten since; prepare it anew.
   */
  async show({ name, tip: seen, to, forgets }: PreparedMerge): Promise<boolean> {
    if (to === undefined) return false;
    const note = { message: mergeMessage(name), identity: this.#parts.identity() };
    for (let attempt = 0; attempt < commitAttemptsMax; attempt += 1) {
      let lock: FileLock | undefined = attempt === 0 ? undefined : await this.#parts.journal.lock();
      try {
        // git-annex would take a journal entry made before the merge in place of what is merged.
        await this.#journal.commit(lock);
        const tip = await this.#parts.reader.tip();
        const isMoved = tip !== seen && tip !== undefined;
        if (isMoved && seen !== undefined) await this.#refuseRewritten(seen, tip);
        const commit = isMoved ? await this.#commits.onTop({ to, seen, tip, name, forgets }) : to;
        lock ??= await this.#parts.journal.lock();
        if ((await this.#journal.pending()).length > 0) continue;
        if (forgets !== undefined) await this.#transitions.forgetIndex();
        if (await this.#parts.ref.move({ from: tip, to: commit }, note)) return true;
      } finally {
        lock?.release();
      }
    }
    throw branchBusy(this.#parts.directory);
  }

  async #refuseRewritten(seen: string, tip: string): Promise<void> {
    const [before, now] = [await this.#transitions.of(seen), await this.#transitions.of(tip)];
    if ([...now].every((each) => before.has(each))) return;
    throw branchRewritten('the branch has been rewritten while a merge was prepared');
  }

  /** Whether the other version has all that ours has, so that it can be the branch. */
  async #isWhole(
    { sha, tip }: { readonly sha: string; readonly tip: string | undefined },
    tools: MergeTools,
  ): Promise<boolean> {
    const from = tip ?? emptyTree;
    const files = mergedFiles({ base: from, from, to: sha }, tools);
    for await (const _ of files) if (tools.tally.isLacking) return false;
    return !tools.tally.isLacking;
  }

  async #refuseNoBranch(sha: string): Promise<void> {
    const [commit, tree] = await this.#parts.commits.types([sha, `${sha}^{tree}`]);
    if (commit !== 'commit') throw noBranch('what was pushed is no commit');
    if (tree !== 'tree') throw noBranch('the commit has no tree that can be read');
  }
}

/** What is too large to be read counts as missing. */
async function readable(reading: Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof ObjectTooLargeError) return undefined;
    throw error;
  }
}
