import type { GitObject } from '../git/cat-file-answers.ts';
import type { BulkAnswer, BulkOptions } from '../git/read-objects.ts';
import type { GitVersion } from '../git/git.ts';
import type { Disk } from '../files/disk.ts';
import type { CommitIdentity, NewCommit } from './commit-writer.ts';

/** Which files of a commit are wanted. */
export type PathFilter = (path: string) => boolean;

/** A file of a commit, by what its content is named. */
export interface TreeFile {
  readonly path: string;
  readonly sha: string;
}

/** The tree of a commit without files, which git has without its being written. */
export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** A file that differs, by its SHA on each side; `undefined` where it is missing. */
export interface Difference {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Modes as git prints them, of zeros where it is missing. */
  readonly beforeMode: string;
  readonly afterMode: string;
}

/** A ref that is to lead elsewhere, if it still leads to where it was seen to; to nothing when undefined. */
export interface RefMove {
  readonly ref: string;
  readonly from: string | undefined;
  readonly to: string;
}

/** What the log of a ref says of its move. */
export interface RefNote {
  readonly message: string;
  readonly identity: CommitIdentity;
}

/** A commit to write of a tree that is there. */
export interface TreeCommit extends Omit<NewCommit, 'tree' | 'files'> {
  /** Its SHA, or a name of it such as `COMMIT^{tree}`. */
  readonly tree: string;
}

/** A ref, and the SHA of what it leads to, a tag being an object of its own. */
export interface Ref {
  readonly name: string;
  readonly sha: string;
}

/** The refs of a repository that are of no one work tree, and HEAD. */
export interface Refs {
  /**
   * The refs that match one of some patterns of git's: a name, what names begin with before a slash, or
   * a glob (git-for-each-ref(1)). All when there are none. What they lead to need not be there.
   * @throws GitError.
   */
  refs(patterns: readonly string[]): Promise<readonly Ref[]>;
  /**
   * Refs of some patterns that lead to commits which a tip, a SHA or a ref, does not have in its history; all
   * that lead to commits when the tip is undefined.
   * @throws GitError.
   */
  unmerged(patterns: readonly string[], tip: string | undefined): Promise<readonly Ref[]>;
  /**
   * The ref that HEAD stands for, whether there is one of that name or not; `undefined` where HEAD is a
   * commit of its own.
   * @throws GitError when that cannot be known.
   */
  head(): Promise<string | undefined>;
  /**
   * Has a ref lead to a commit, wherever it led before. A crash may lose that.
   * @throws GitError.
   */
  point(ref: string, to: string): Promise<void>;
  /**
   * Removes refs, or none of them.
   * @throws GitError.
   */
  remove(names: readonly string[]): Promise<void>;
}

/** How differences are asked for. */
export interface DifferenceOptions {
  /** Default: all. */
  readonly wanted?: PathFilter;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What is committed in a repository, and what is to be. All that is asked of git for the git-annex branch
 * as it is read, committed and merged goes through one of these, so that another than git can stand in its
 * place.
 */
export interface Commits extends Refs {
  /**
   * The object of a name (a SHA, a ref, `COMMIT:PATH`, `COMMIT^{tree}`); `undefined` for none. The name
   * must not hold a line end (RangeError).
   * @throws ObjectTooLargeError; GitError when it cannot be asked for.
   */
  object(name: string): Promise<GitObject | undefined>;
  /** The objects of many names, streamed, in the order asked. No batch is empty. */
  objects<T extends object | string>(
    asked: AsyncIterable<readonly T[]>,
    options: Omit<BulkOptions<T>, 'directory'>,
  ): AsyncIterable<readonly BulkAnswer<T>[]>;
  /** All files of a commit that are wanted, streamed, as many at once as come at once. */
  files(commit: string, wanted: PathFilter): AsyncIterable<readonly TreeFile[]>;
  /** The files that two commits, or trees, do not have in common, streamed. */
  differences(
    commits: { readonly from: string; readonly to: string },
    options?: DifferenceOptions,
  ): AsyncIterable<Difference>;
  /**
   * What git calls the objects of names, in their order: `commit`, `tree`, `blob` or `tag`; `undefined`
   * for none. They are not read. No name may hold a line end (RangeError).
   * @throws GitError.
   */
  types(names: readonly string[]): Promise<readonly (string | undefined)[]>;
  /**
   * Whether a commit is another one, or in its history.
   * @throws GitError when one of them is missing.
   */
  isAncestor(commits: { readonly older: string; readonly newer: string }): Promise<boolean>;
  /** Whether there is a ref of that name, whatever it leads to. */
  hasRef(name: string): Promise<boolean>;
  /**
   * Writes a commit, durably, and moves no ref; its SHA.
   * @throws GitError when it cannot be written; the repository is then as it was.
   */
  write(commit: NewCommit): Promise<string>;
  /** As {@link Commits.write}, without a file of its own. */
  writeOfTree(commit: TreeCommit): Promise<string>;
  /**
   * Has a ref lead elsewhere, durably; `false` when it is not where the caller saw it.
   * @throws GitError when that is refused for another reason.
   */
  move(step: RefMove, note: RefNote): Promise<boolean>;
  /**
   * Packs what many small commits leave behind, when that is due.
   * @param signal ends it; the objects are then as they were.
   * @throws GitError.
   */
  pack(signal: AbortSignal): Promise<void>;
  /** Ends what was started. */
  close(): Promise<void>;
}

/** The repository whose commits these are. */
export interface CommitsPlace {
  readonly directory: string;
  readonly gitDirectory: string;
  readonly version: GitVersion;
  /** The one that the git directory is on. */
  readonly disk: Disk;
}

/**
 * Gives the commits of a repository.
 * @param bytesMax of an object that is read by its name alone.
 */
export type OpenCommits = (place: CommitsPlace, bytesMax: number) => Commits;
