import { Turns } from '../waiting/index.ts';
import {
  BranchReader,
  logBytesMax,
  type BranchFile,
  type BranchFileChange,
} from './branch/branch-reader.ts';
import type { PathFilter, Refs } from './branch/commits.ts';
import { BranchRef } from './branch/branch-ref.ts';
import { ChangeQueue, currentText, type BranchEdit } from './branch/change-queue.ts';
import type { System } from './system.ts';
import type { AnnexBranchOptions } from './branch-options.ts';
import type { BranchTrouble, OnBranchTrouble } from './branch/branch-trouble.ts';
import { keepTree } from './export/keep-tree.ts';
import { Trees } from './export/trees.ts';
import { identityIn, readKnown } from './known-repository.ts';
import { CommitSchedule } from './branch/commit-schedule.ts';
import { JournalCommitter, type CommitParts } from './branch/journal-committer.ts';
import { Journal, type JournalFile } from './branch/journal.ts';
import { isLocationLogPath } from './logs/location-log.ts';
import { ObjectUpkeep } from './git/object-upkeep.ts';
import { StaleLocks } from './leftovers/stale-locks.ts';
import { thisMachine } from './this-machine.ts';
import { annexModes } from './files/annex-modes.ts';
import { pastLocks } from './branch/past-locks.ts';
import { BranchMerger, onceRewritten, type Incoming } from './merging/branch-merger.ts';
import type { MergeTally } from './merging/merge-tally.ts';
import { SiblingMerger } from './merging/sibling-merger.ts';

/**
 * The git-annex branch of one repository together with its journal, read and written beside other
 * git-annex programs (spec/git-annex-branch.md section 3.7). Changes are durable in the journal
 * first and reach the branch soon after, many in one commit.
 */
export class AnnexBranch {
  /** The repository, as it was opened. */
  readonly directory: string;
  /** Where its refs and `annex/` are. */
  readonly gitDirectory: string;
  /** Of the same repository, of which its ref is one. */
  readonly refs: Refs;
  /** Of the same repository: trees that are exported. */
  readonly trees: Trees;
  readonly #reader: BranchReader;
  readonly #journal: Journal;
  readonly #queue: ChangeQueue;
  readonly #schedule: CommitSchedule;
  readonly #committer: JournalCommitter;
  readonly #merges: CommitSchedule<boolean>;
  readonly #merger: BranchMerger;
  readonly #turns: Turns;
  readonly #upkeep: ObjectUpkeep;
  readonly #parts: CommitParts;
  readonly #locks: StaleLocks;

  private constructor(parts: CommitParts, onTrouble: OnBranchTrouble | undefined) {
    this.#parts = parts;
    this.#locks = new StaleLocks(parts);
    this.#turns = new Turns(parts.system.clock);
    const told = (act: BranchTrouble['act']): ((error: Error | undefined) => void) | undefined =>
      onTrouble && ((error) => void this.#tell(onTrouble, act, error));
    this.directory = parts.directory;
    this.gitDirectory = parts.gitDirectory;
    this.refs = parts.commits;
    this.trees = new Trees(parts.commits);
    this.#reader = parts.reader;
    this.#journal = parts.journal;
    this.#queue = new ChangeQueue({ ...parts, onOutcome: told('note') });
    this.#committer = new JournalCommitter(parts);
    const { commits, onProblem } = parts;
    this.#upkeep = new ObjectUpkeep({ pack: (signal) => commits.pack(signal), onProblem });
    this.#schedule = new CommitSchedule({
      clock: parts.system.clock,
      commit: async () => {
        this.#upkeep.committed(await this.#pastLocks(() => this.#committer.commit()));
        onTrouble?.('leave', this.#left());
      },
      onProblem: parts.onProblem,
      onOutcome: told('commit'),
    });
    this.#merger = new BranchMerger(parts, this.#committer);
    const siblings = new SiblingMerger(parts, this.#committer, this.#merger);
    this.#merges = new CommitSchedule({
      clock: parts.system.clock,
      commit: () =>
        this.#inTurn(() => this.#schedule.alone(() => this.#pastLocks(() => siblings.merge()))),
      onProblem: parts.onProblem,
      onOutcome: told('merge'),
    });
  }

  /**
   * Opens the branch of the repository in that directory; it need not have one yet. Opening changes
   * nothing; {@link flush} commits what a killed server has left in the journal.
   * @throws GIT_UNUSABLE, or GitError when this is no git repository.
   */
  static async open(directory: string, options: AnnexBranchOptions = {}): Promise<AnnexBranch> {
    const { system = thisMachine } = options;
    const version = await system.places.version();
    const { gitDirectory, config } = options.known ?? (await readKnown(directory, system));
    const identity = identityIn(config);
    const modes = annexModes(config.get('core.sharedrepository'), process.umask());
    const onProblem = options.onProblem ?? ((): void => undefined);
    const { onReadable } = options;
    const disk = options.disk ?? system.disks.at(gitDirectory);
    const place = { directory, gitDirectory, disk, version };
    const commits = system.commits(place, logBytesMax);
    const reader = new BranchReader({ directory, commits, onProblem, onReadable });
    const journal = new Journal(`${gitDirectory}/annex`, { modes, disk, system });
    const ref = new BranchRef(commits);
    const parts = { ...place, system, commits, reader, journal, ref, onProblem };
    return new AnnexBranch({ ...parts, identity: () => identity }, options.onTrouble);
  }

  /** SHA of the branch's newest commit; `undefined` when there is none. About 0.1 ms. */
  tip(): Promise<string | undefined> {
    return this.#reader.tip();
  }

  /**
   * A file as the next commit will make it: what the journal and the branch say together.
   * `undefined` for no file, and for one that is too large to be read, which is told of.
   */
  read(path: string): Promise<string | undefined> {
    return currentText(path, this.#journal, (one) => this.#reader.readOrTell(one));
  }

  /** A file of one commit, without the journal. */
  readCommitted(path: string, commit: string): Promise<string | undefined> {
    return this.#reader.readOrTell(path, commit);
  }

  /**
   * Changes files. Resolves when everything is durable in the journal, or nothing was to change;
   * then no crash loses it. A background commit follows. Calls made at once share a write; edits of
   * one path are applied in the order of the calls. An edit that throws rejects its own call only.
   * @throws FILE_LOCK_TIMEOUT when another program keeps the journal locked.
   */
  async change(edits: readonly BranchEdit[]): Promise<void> {
    if (!(await this.#queue.change(edits))) return;
    // git-annex can commit nothing at all while the journal holds a name with a line end.
    if (edits.some(({ path }) => path.includes('\n'))) await this.#schedule.nowReported();
    else this.#schedule.soon();
  }

  /** Commits everything that is in the journal now, by whomever. */
  async flush(): Promise<void> {
    await this.#queue.settled();
    await this.#schedule.now();
  }

  /**
   * Merges what was fetched, or pushed to other refs named git-annex, into the branch; whether the
   * branch moved. A sibling that cannot be read is reported and left alone.
   * A merge that fails, as on a full disk, is tried again in the background as commits are.
   */
  merge(): Promise<boolean> {
    return this.#merges.now();
  }

  /**
   * Merges another version of the branch, line by line; it never takes the branch's place. Gives what
   * was left out of it. One at a time, in the order of asking; commits go on while it is read.
   * @throws NO_BRANCH, UNKNOWN_TRANSITION, MERGE_TOO_LARGE, GitError, or what the signal says.
   */
  take(incoming: Incoming): Promise<MergeTally> {
    const { signal } = incoming;
    return this.#inTurn(() =>
      onceRewritten(async () => {
        signal?.throwIfAborted();
        // So that there is little to add when the merge is shown.
        await this.#schedule.alone(() => this.#pastLocks(() => this.#committer.commit()));
        const prepared = await this.#merger.prepare(incoming);
        await this.#schedule.alone(async () => {
          // Whoever gave it up has been told that it is not merged.
          signal?.throwIfAborted();
          return await this.#pastLocks(() => this.#merger.show(prepared));
        });
        return prepared.tally;
      }),
    );
  }

  /** Merges come one after the other: each is prepared for the branch as the one before left it. */
  #inTurn<T>(merge: () => Promise<T>): Promise<T> {
    return this.#turns.run('merge', merge);
  }

  /** Has the branch's history hold a tree, in this repository and all clones. Durable; as `keepTree` has it. */
  keepTree(tree: string): Promise<void> {
    return this.#schedule.alone(() => this.#pastLocks(() => keepTree(tree, this.#parts)));
  }

  /** Merges soon, in the background; a failure is reported, and it is tried again. */
  mergeSoon(): void {
    this.#merges.soon();
  }

  /**
   * Makes the branch, for a new repository.
   * @throws Error when there is one.
   */
  async create(files: readonly BranchFile[]): Promise<void> {
    const lock = await this.#journal.lock();
    try {
      const note = { message: 'branch created', identity: this.#parts.identity() };
      const contents = files.map(({ path, text }) => ({
        path,
        content: { kind: 'text' as const, text },
      }));
      const timeMs = this.#parts.system.clock.wallMs();
      const commit = { ...note, parents: [], timeMs, files: contents };
      const to = await this.#parts.commits.write(commit);
      if (!(await this.#parts.ref.move({ from: undefined, to }, note))) {
        throw new Error(`${this.directory} has a git-annex branch already`);
      }
    } finally {
      lock.release();
    }
  }

  /** What .gitattributes say of the copies of a file of its repository, as {@link System.places} have it. */
  attributeCopiesOf(file: string): ReturnType<System['places']['attributeCopiesOf']> {
    return this.#parts.system.places.attributeCopiesOf(this.directory, file);
  }

  /** All files of a commit that pass the filter, streamed: some 100,000 a second. */
  scan(commit: string, wanted: PathFilter = everything): AsyncIterable<BranchFile> {
    return this.#reader.scan(commit, wanted);
  }

  /** All files of a commit that pass the filter, streamed: as many at once as were read at once, which is faster. */
  scanBatches(
    commit: string,
    wanted: PathFilter = everything,
  ): AsyncIterable<readonly BranchFile[]> {
    return this.#reader.scanBatches(commit, wanted);
  }

  /** The location logs that two commits do not have in common. Any two commits will do. */
  changesBetween(from: string, to: string): AsyncIterable<BranchFileChange> {
    return this.#reader.changesBetween({ from, to }, isLocationLogPath);
  }

  /** Whether the repository still has a commit. */
  hasCommit(sha: string): Promise<boolean> {
    return this.#reader.has(sha);
  }

  /** Branch files that have an entry in the journal now. */
  journalPaths(): Promise<string[]> {
    return this.#journal.paths();
  }

  /** The journal's entry of a file, alone. */
  readJournal(path: string): Promise<JournalFile | undefined> {
    return this.#journal.read(path);
  }

  /** Changes when an entry of the journal is added, replaced or removed. One system call. */
  journalVersion(): Promise<string> {
    return this.#journal.version();
  }

  /** Changes whenever the branch or the journal does. About 0.1 ms. */
  async version(): Promise<string> {
    const journal = await this.#journal.version();
    return `${journal} ${(await this.tip()) ?? ''}`;
  }

  /**
   * Commits what is left and ends the programs that were started. A commit that fails is reported
   * and stays in the journal.
   */
  async close(): Promise<void> {
    this.#merges.stop();
    await this.#queue.settled();
    await this.#schedule.close();
    await this.#upkeep.close();
    await this.#reader.close();
  }

  #pastLocks<T>(act: () => Promise<T>): Promise<T> {
    const { journal, directory, onProblem } = this.#parts;
    const removed = (name: string): void =>
      onProblem(new Error(`removed ${name} in ${directory}, which a git that is gone had left`));
    return pastLocks(act, { locks: this.#locks, journal, removed });
  }

  #left(): BranchTrouble | undefined {
    const { count, error = new Error('a file of the journal cannot be read') } =
      this.#committer.left;
    return count === 0 ? undefined : { act: 'leave', error, waiting: count, locks: [] };
  }

  async #tell(
    onTrouble: OnBranchTrouble,
    act: BranchTrouble['act'],
    error: Error | undefined,
  ): Promise<void> {
    if (error === undefined) return onTrouble(act, undefined);
    const paths = await this.#journal.paths().catch(() => undefined);
    onTrouble(act, { act, error, waiting: paths?.length, locks: this.#locks.inTheWay });
  }
}

const everything = (): boolean => true;
