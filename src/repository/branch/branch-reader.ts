import { decodeText } from '../../units/index.ts';
import {
  ObjectTooLargeError,
  type CatFileAnswer,
  type GitObject,
} from '../git/cat-file-answers.ts';
import { branchDamaged, LogUnreadableError } from './branch-errors.ts';
import type { Commits, Difference, DifferenceOptions, PathFilter } from './commits.ts';
import { isTreePath } from './journal-name.ts';
import type { BulkAnswer, BulkOptions } from '../git/read-objects.ts';
import { entryOfTree, TopTrees } from '../git/trees.ts';

/** The ref of the git-annex branch. */
export const branchRef = 'refs/heads/git-annex';

/** Largest file of the branch that is read as a log: a thousand times what real ones have. */
export const logBytesMax: number = 16 * 1024 * 1024;

/** Longest path that is looked for; those of keys are far shorter. */
const pathLengthMax = 16 * 1024;

/** A file of the branch. */
export interface BranchFile {
  readonly path: string;
  readonly text: string;
}

/** A file that is not the same in two commits; `''` where it is missing. */
export interface BranchFileChange {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Most files that are remembered as unreadable. */
const unreadMax = 1000;

/** Reads what is committed to the git-annex branch. Knows nothing of the journal. */
export class BranchReader {
  readonly #directory: string;
  readonly #commits: Commits;
  readonly #tops: TopTrees;
  readonly #onProblem: (error: Error) => void;
  readonly #onReadable: (path: string) => void;
  /** Files that could not be read, so that each is told of once. */
  readonly #unread = new Set<string>();

  /**
   * @param options.commits ended with this.
   * @param options.onReadable told of a file that could not be read, and now can.
   */
  constructor(options: {
    readonly directory: string;
    readonly commits: Commits;
    readonly onProblem: (error: Error) => void;
    readonly onReadable?: ((path: string) => void) | undefined;
  }) {
    this.#directory = options.directory;
    this.#commits = options.commits;
    this.#tops = new TopTrees((name) => this.#commits.object(name));
    this.#onProblem = options.onProblem;
    this.#onReadable = options.onReadable ?? ((): void => undefined);
  }

  /**
   * SHA of the newest commit; `undefined` when there is no branch yet.
   * @throws BRANCH_DAMAGED when there is one, and it does not lead to a commit.
   */
  async tip(): Promise<string | undefined> {
    const object = await this.#commits.object(branchRef);
    if (object?.type === 'commit') return object.sha;
    if (!(await this.#commits.hasRef(branchRef))) return undefined;
    // It may have been made, or packed, since git was asked.
    const again = await this.#commits.object(branchRef);
    if (again?.type === 'commit') return again.sha;
    throw branchDamaged(branchRef, this.#directory);
  }

  /** Whether the repository still has this object. */
  async has(sha: string): Promise<boolean> {
    return (await this.#commits.object(sha)) !== undefined;
  }

  /**
   * A file of a commit, or of the branch as it is now.
   * @throws ObjectTooLargeError over {@link logBytesMax}.
   */
  async read(path: string, commit: string = branchRef): Promise<string | undefined> {
    if (path.length > pathLengthMax || !isTreePath(path)) return undefined;
    const object = isPlain(path)
      ? await this.#readPlain(path, commit)
      : await this.#readByTrees(path, commit);
    return object?.type === 'blob' ? decodeText(object.bytes) : undefined;
  }

  /**
   * A file of a commit, or of the branch as it is now, that nobody waits for: one that is too large is
   * told of, and counts as missing.
   */
  async readOrTell(path: string, commit?: string): Promise<string | undefined> {
    try {
      const text = await this.read(path, commit);
      this.#isRead(path);
      return text;
    } catch (error) {
      if (!(error instanceof ObjectTooLargeError)) throw error;
      this.#tell(new LogUnreadableError(path, error));
      return undefined;
    }
  }

  /**
   * A file of a commit to put something together with.
   * @throws ObjectTooLargeError; LogUnreadableError when the commit has the file and git does not have
   * its content, which otherwise reads like no file.
   */
  async readSurely(path: string, commit: string): Promise<string | undefined> {
    const text = await this.read(path, commit);
    if (text !== undefined || !isPlain(path)) return text;
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? `${commit}^{tree}` : `${commit}:${path.slice(0, slash)}`;
    const tree = await this.#commits.object(parent);
    const isThere = tree?.type === 'tree' && entryOfTree(tree, path.slice(slash + 1)) !== undefined;
    if (isThere) throw new LogUnreadableError(path, undefined);
    return undefined;
  }

  /**
   * All files of a commit that pass the filter, streamed. Files that are too large, or missing, are reported.
   */
  async *scan(commit: string, wanted: PathFilter): AsyncGenerator<BranchFile, void, undefined> {
    for await (const files of this.scanBatches(commit, wanted)) yield* files;
  }

  /** All files of a commit that pass the filter, as many at once as were read at once, with what `scan` reports. */
  async *scanBatches(
    commit: string,
    wanted: PathFilter,
  ): AsyncGenerator<readonly BranchFile[], void, undefined> {
    const asked = this.#commits.files(commit, wanted);
    for await (const batch of this.#commits.objects(asked, {
      nameOf: ({ sha }) => sha,
      bytesMax: logBytesMax,
    })) {
      const files: BranchFile[] = [];
      for (const { asked, answer } of batch) {
        if (answer.kind !== 'object') {
          this.#tell(unreadable(asked.path, answer));
        } else {
          this.#isRead(asked.path);
          files.push({ path: asked.path, text: decodeText(answer.object.bytes) });
        }
      }
      yield files;
    }
  }

  /**
   * The files that two commits do not have in common, streamed. Any two commits will do. A file
   * that is too large is reported and counts as empty.
   */
  async *changesBetween(
    commits: { readonly from: string; readonly to: string },
    wanted: PathFilter,
  ): AsyncGenerator<BranchFileChange, void, undefined> {
    const changes = this.#texts(this.differences(commits, { wanted }));
    for await (const { unread, ...change } of changes) {
      if (unread?.cause !== undefined) this.#tell(unread);
      else this.#isRead(change.path);
      yield change;
    }
  }

  async *#texts(files: AsyncIterable<Difference>): AsyncGenerator<ReadChange, void, undefined> {
    const sides = sidesOf(files);
    let before = '';
    let unread: LogUnreadableError | undefined;
    for await (const batch of this.#commits.objects(oneByOne(sides), {
      nameOf: ({ sha }) => sha,
      bytesMax: logBytesMax,
    })) {
      for (const { asked, answer } of batch) {
        const { path, side, isLast } = asked;
        if (answer.kind !== 'object') unread ??= unreadable(path, answer);
        const text = answer.kind === 'object' ? decodeText(answer.object.bytes) : '';
        if (side === 'before') before = text;
        if (!isLast) continue;
        yield { path, before, after: side === 'after' ? text : '', unread };
        before = '';
        unread = undefined;
      }
    }
  }

  /** The files that two commits, or trees, do not have in common, by what their contents are named. */
  differences(
    commits: { readonly from: string; readonly to: string },
    options?: DifferenceOptions,
  ): AsyncIterable<Difference> {
    return this.#commits.differences(commits, options);
  }

  /** The objects of many names, streamed, in the order asked. */
  objects<T extends object | string>(
    asked: AsyncIterable<readonly T[]>,
    options: Omit<BulkOptions<T>, 'directory'>,
  ): AsyncIterable<readonly BulkAnswer<T>[]> {
    return this.#commits.objects(asked, options);
  }

  /** The SHA of a file of a commit, by a path of any bytes; `undefined` for no file. */
  async shaOf(path: string, commit: string): Promise<string | undefined> {
    return (await this.#readByTrees(path, commit))?.sha;
  }

  /** Ends the reading program. */
  close(): Promise<void> {
    return this.#commits.close();
  }

  #tell(error: LogUnreadableError): void {
    if (this.#unread.has(error.data.path) || this.#unread.size >= unreadMax) return;
    this.#unread.add(error.data.path);
    this.#onProblem(error);
  }

  #isRead(path: string): void {
    if (this.#unread.size > 0 && this.#unread.delete(path)) this.#onReadable(path);
  }

  /** Where the branch leads; `undefined` where it leads to no commit, so that it has no files either. */
  async #branchCommit(): Promise<string | undefined> {
    const object = await this.#commits.object(branchRef);
    return object?.type === 'commit' ? object.sha : undefined;
  }

  async #readPlain(path: string, commit: string): Promise<GitObject | undefined> {
    const isBranch = commit === branchRef;
    // What another ref leads to changes, and is nobody's to remember.
    if (!isBranch && !/^[0-9a-f]{40,64}$/.test(commit)) {
      return await this.#commits.object(`${commit}:${path}`);
    }
    const name = await this.#tops.nameOf(path, {
      commit: () => (isBranch ? this.#branchCommit() : Promise.resolve(commit)),
      otherwise: commit,
    });
    return name === undefined ? undefined : await this.#commits.object(name);
  }

  /** The way for names that cannot be asked for in a line: from tree to tree. */
  async #readByTrees(path: string, commit: string): Promise<GitObject | undefined> {
    let object = await this.#commits.object(`${commit}^{tree}`);
    for (const part of path.split('/')) {
      if (object?.type !== 'tree') return undefined;
      const sha = entryOfTree(object, part);
      object = sha === undefined ? undefined : await this.#commits.object(sha);
    }
    return object;
  }
}

/** A path that git reads as nothing but a path: it can end in no operator, and fits in a line. */
export function isPlain(path: string): boolean {
  return /^[^\n\r]*\.log(?:\.[a-z]+)?$/.test(path);
}

/** A change, and why a side of it is empty although it is not. */
interface ReadChange extends BranchFileChange {
  readonly unread: LogUnreadableError | undefined;
}

interface Side {
  readonly path: string;
  readonly side: 'before' | 'after';
  readonly sha: string;
  /** Whether the file has no further side. */
  readonly isLast: boolean;
}

async function* sidesOf(files: AsyncIterable<Difference>): AsyncGenerator<Side, void, undefined> {
  for await (const { path, before, after } of files) {
    if (before !== undefined) {
      yield { path, side: 'before', sha: before, isLast: after === undefined };
    }
    if (after !== undefined) yield { path, side: 'after', sha: after, isLast: true };
  }
}

async function* oneByOne<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  for await (const item of items) yield [item];
}

function unreadable(
  path: string,
  answer: Exclude<CatFileAnswer, { kind: 'object' }>,
): LogUnreadableError {
  return new LogUnreadableError(path, answer.kind === 'tooLarge' ? answer.error : undefined);
}
