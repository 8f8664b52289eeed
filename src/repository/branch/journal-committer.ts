import { LogUnreadableError } from './branch-errors.ts';
import type { BranchReader } from './branch-reader.ts';
import type { BranchRef } from './branch-ref.ts';
import type { Commits } from './commits.ts';
import type { CommitFile, CommitIdentity } from './commit-writer.ts';
import type { Disk } from '../files/disk.ts';
import type { FileLock } from '../files/locks.ts';
import type { System } from '../system.ts';
import { ObjectTooLargeError } from '../git/cat-file-answers.ts';
import type { GitVersion } from '../git/git.ts';
import { isTreePath } from './journal-name.ts';
import type { Journal, JournalFile } from './journal.ts';
import { mergedForWriting } from './union-merge.ts';

/** Most journal files in one commit; a journal of a stopped server may hold far more. */
const filesPerCommitMax = 5000;

/** Journal files read at once; after each such lot their text is counted. */
const filesReadAtOnce = 64;

/** Most text of journal files held while one commit is made. */
const bytesPerCommitMax = 32 * 1024 * 1024;

/** How often to start over when others keep moving the branch. */
export const commitAttemptsMax = 10;

/** Most names of unusable journal files that are remembered as reported. */
const reportedMax = 1000;

/** What committing needs of a repository. */
export interface CommitParts {
  readonly directory: string;
  readonly gitDirectory: string;
  readonly disk: Disk;
  readonly system: Pick<System, 'clock' | 'processes' | 'commits' | 'places'>;
  readonly version: GitVersion;
  readonly journal: Journal;
  readonly commits: Commits;
  readonly reader: BranchReader;
  readonly ref: BranchRef;
  readonly identity: () => CommitIdentity;
  readonly onProblem: (error: Error) => void;
}

/** The branch was moved by others each time a commit was ready. Trying later can help. */
export function branchBusy(directory: string): Error {
  return new Error(
    `the git-annex branch of ${directory} was moved ${commitAttemptsMax} times during a commit`,
  );
}

/**
 * Commits the journal: the files that are in it, by whomever, become one commit on the tip and are
 * then removed (spec/git-annex-branch.md section 3.7).
 *
 * 1. Read the files, then the tip; each file's new content is the union of both.
 * 2. Write the commit. It does not show yet, so the journal stays free for changes meanwhile.
 * 3. Under the journal lock, move the branch from that tip to the commit; when it has been moved,
 *    start over, this time with the lock held from the beginning.
 * 4. Still under the lock, remove the files that are unchanged since 1. One that was changed holds
 *    the change on top of what was committed, and is committed next.
 */
export class JournalCommitter {
  readonly #parts: CommitParts;
  readonly #reported = new Set<string>();
  /** Paths that the last commit had to leave in the journal. */
  #stuck: ReadonlySet<string> = new Set();
  /** Names in the journal that no file of a branch can have. */
  #unusable = 0;
  #lastReported: Error | undefined;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Files that the last commit had to leave in the journal. */
  get left(): { readonly count: number; readonly error: Error | undefined } {
    return { count: this.#unusable + this.#stuck.size, error: this.#lastReported };
  }

  /** Paths in the journal that can be committed. */
  async paths(): Promise<string[]> {
    const all = await this.#parts.journal.paths();
    const usable = all.filter((path) => isTreePath(path) || this.#report(path));
    this.#unusable = all.length - usable.length;
    return usable;
  }

  /** Paths in the journal that the next commit may take. */
  async pending(): Promise<string[]> {
    return (await this.paths()).filter((path) => !this.#stuck.has(path));
  }

  /**
   * Commits every file that is in the journal at the call; the number of commits made.
   * @param held the journal lock, when the caller has it.
   */
  async commit(held?: FileLock): Promise<number> {
    let commits = 0;
    const stuck = new Set<string>();
    const paths = await this.paths();
    for (let start = 0; start < paths.length; ) {
      const files: JournalFile[] = [];
      let length = 0;
      while (
        start < paths.length &&
        files.length < filesPerCommitMax &&
        length < bytesPerCommitMax
      ) {
        const some = paths.slice(start, start + filesReadAtOnce);
        start += some.length;
        for (const file of await this.#readEntries(some, stuck)) {
          files.push(file);
          length += file.text.length;
        }
      }
      if (await this.#commitFiles(files, { held, stuck })) commits += 1;
    }
    this.#stuck = stuck;
    return commits;
  }

  async #commitFiles(
    all: readonly JournalFile[],
    { held, stuck }: { readonly held: FileLock | undefined; readonly stuck: Set<string> },
  ): Promise<boolean> {
    const { journal } = this.#parts;
    for (let attempt = 0; attempt < commitAttemptsMax; attempt += 1) {
      let lock = held ?? (attempt === 0 ? undefined : await journal.lock());
      try {
        const tip = await this.#parts.reader.tip();
        const changed = await this.#changed(all, { tip, stuck });
        const commit = changed.length === 0 ? undefined : await this.#write(changed, tip);
        lock ??= await journal.lock();
        if (await this.#show(commit, tip)) {
          await journal.remove(all.filter(({ path }) => !stuck.has(path)));
          return commit !== undefined;
        }
      } finally {
        if (held === undefined) lock?.release();
      }
    }
    throw branchBusy(this.#parts.directory);
  }

  async #readEntries(paths: readonly string[], stuck: Set<string>): Promise<JournalFile[]> {
    const read = paths.map(async (path) => {
      try {
        return await this.#parts.journal.read(path);
      } catch (error) {
        stuck.add(path);
        this.#report(path, error);
        return undefined;
      }
    });
    return (await Promise.all(read)).filter((file) => file !== undefined);
  }

  /**
   * The files of the new commit: those whose union is not what the tip has already. One that the
   * tip has and that is too large to read, or lost, stays in the journal; it must not take that one's
   * place.
   */
  async #changed(
    files: readonly JournalFile[],
    { tip, stuck }: { readonly tip: string | undefined; readonly stuck: Set<string> },
  ): Promise<CommitFile[]> {
    const merged = files.map(async ({ path, text }): Promise<CommitFile | undefined> => {
      try {
        const committed =
          tip === undefined ? undefined : await this.#parts.reader.readSurely(path, tip);
        const union = mergedForWriting(path, { ours: text, theirs: committed ?? '' });
        return union === committed ? undefined : { path, content: { kind: 'text', text: union } };
      } catch (error) {
        const isUnreadable =
          error instanceof ObjectTooLargeError || error instanceof LogUnreadableError;
        if (!isUnreadable) throw error;
        stuck.add(path);
        this.#report(path, error);
        return undefined;
      }
    });
    return (await Promise.all(merged)).filter((file) => file !== undefined);
  }

  #write(files: readonly CommitFile[], tip: string | undefined): Promise<string> {
    const parents = tip === undefined ? [] : [tip];
    const identity = this.#parts.identity();
    const timeMs = this.#parts.system.clock.wallMs();
    return this.#parts.commits.write({ parents, message: 'update', identity, timeMs, files });
  }

  async #show(commit: string | undefined, tip: string | undefined): Promise<boolean> {
    if (commit === undefined) return (await this.#parts.reader.tip()) === tip;
    const note = { message: 'update', identity: this.#parts.identity() };
    return this.#parts.ref.move({ from: tip, to: commit }, note);
  }

  /** Tells of a file that stays in the journal, once. */
  #report(path: string, cause?: unknown): false {
    if (!this.#reported.has(path) && this.#reported.size < reportedMax) {
      this.#reported.add(path);
      const message = `${JSON.stringify(path)} in the journal of ${this.#parts.directory} cannot be committed: ${causeOf(cause) ?? 'remove the file'}`;
      this.#lastReported = new Error(message, { cause });
      this.#parts.onProblem(this.#lastReported);
    }
    return false;
  }
}

function causeOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
