import type { GitObject } from '../git/cat-file-answers.ts';
import { CatFile } from '../git/cat-file.ts';
import { runGit, streamGit } from '../git/git.ts';
import { GitError } from '../git/git-error.ts';
import { nulSeparated, nulSeparatedBatches } from '../git/nul-separated.ts';
import { readObjectBatches, type BulkAnswer, type BulkOptions } from '../git/read-objects.ts';
import { fsyncDirectory, parentOf } from '../files/durable.ts';
import { openFlags } from '../files/system-calls.ts';
import { isErrorCode } from '../../units/index.ts';
import type {
  Commits,
  CommitsPlace,
  Difference,
  DifferenceOptions,
  OpenCommits,
  PathFilter,
  RefMove,
  RefNote,
  TreeFile,
} from './commits.ts';
import { durableGitOptions, writeCommit, type NewCommit } from './commit-writer.ts';
import { hasRef } from './ref-presence.ts';

/** The commits of a repository, by the git of this machine. */
export const openGitCommits: OpenCommits = (place, bytesMax) => new GitCommits(place, bytesMax);

class GitCommits implements Commits {
  readonly #place: CommitsPlace;
  readonly #catFile: CatFile;

  constructor(place: CommitsPlace, bytesMax: number) {
    this.#place = place;
    this.#catFile = new CatFile({ directory: place.directory, bytesMax });
  }

  object(name: string): Promise<GitObject | undefined> {
    return this.#catFile.read(name);
  }

  objects<T extends object | string>(
    asked: AsyncIterable<readonly T[]>,
    options: Omit<BulkOptions<T>, 'directory'>,
  ): AsyncIterable<readonly BulkAnswer<T>[]> {
    return readObjectBatches(asked, { ...options, directory: this.#place.directory });
  }

  files(commit: string, wanted: PathFilter): AsyncIterable<readonly TreeFile[]> {
    return listTree(this.#place.directory, commit, wanted);
  }

  differences(
    commits: { readonly from: string; readonly to: string },
    options?: DifferenceOptions,
  ): AsyncIterable<Difference> {
    return differences(this.#place.directory, commits, options);
  }

  hasRef(name: string): Promise<boolean> {
    return hasRef(name, this.#place);
  }

  write(commit: NewCommit): Promise<string> {
    return writeCommit(commit, this.#place);
  }

  async move({ ref, from, to }: RefMove, note: RefNote): Promise<boolean> {
    const { directory, version } = this.#place;
    const old = from ?? '0'.repeat(to.length);
    const args = [...durableGitOptions(version), 'update-ref', '-m', note.message];
    try {
      await runGit([...args, ref, to, old], {
        directory,
        env: { GIT_COMMITTER_NAME: note.identity.name, GIT_COMMITTER_EMAIL: note.identity.email },
      });
    } catch (error) {
      if (error instanceof GitError && (await this.object(ref))?.sha !== from) return false;
      throw error;
    }
    await this.#sync(ref);
    return true;
  }

  close(): Promise<void> {
    return this.#catFile.close();
  }

  /** Git syncs the file of a ref only since 2.36, and never the directory that names it. */
  async #sync(ref: string): Promise<void> {
    const { gitDirectory, disk } = this.#place;
    const path = `${gitDirectory}/${ref}`;
    try {
      const file = await disk.open(path, openFlags.O_RDONLY);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await fsyncDirectory(parentOf(path), disk);
    } catch (error) {
      // Refs that are not files are kept, and synced, in git's own way.
      if (!isErrorCode(error, 'ENOENT')) throw error;
    }
  }
}

async function* listTree(
  directory: string,
  commit: string,
  wanted: PathFilter,
): AsyncGenerator<readonly TreeFile[], void, undefined> {
  const stream = streamGit(['ls-tree', '-r', '-z', commit], { directory });
  for await (const lines of nulSeparatedBatches(stream)) {
    const files: TreeFile[] = [];
    for (const line of lines) {
      const [, sha, path] = /^\d+ blob ([0-9a-f]+)\t([\s\S]+)$/.exec(line) ?? [];
      if (sha !== undefined && path !== undefined && wanted(path)) files.push({ path, sha });
    }
    yield files;
  }
}

/** What `git diff-tree` says of two commits, or trees. */
async function* differences(
  directory: string,
  commits: { readonly from: string; readonly to: string },
  options: DifferenceOptions = {},
): AsyncGenerator<Difference, void, undefined> {
  const { wanted = () => true, signal } = options;
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', commits.from, commits.to];
  const git = streamGit(args, { directory, ...(signal && { signal }) });
  let head: Omit<Difference, 'path'> | undefined;
  for await (const text of nulSeparated(git)) {
    if (head === undefined) head = headOf(text);
    else {
      if (wanted(text)) yield { path: text, ...head };
      head = undefined;
    }
  }
}

function headOf(text: string): Omit<Difference, 'path'> {
  const [, beforeMode = '', afterMode = '', before = '', after = ''] =
    /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) \w/.exec(text) ?? [];
  const orMissing = (sha: string): string | undefined => (/^0*$/.test(sha) ? undefined : sha);
  return { before: orMissing(before), after: orMissing(after), beforeMode, afterMode };
}
