import type { GitObject } from '../git/cat-file-answers.ts';
import { CatFile } from '../git/cat-file.ts';
import { runGit, streamGit } from '../git/git.ts';
import { GitError } from '../git/git-error.ts';
import { nulSeparated, nulSeparatedBatches } from '../git/nul-separated.ts';
import { readObjectBatches, type BulkAnswer, type BulkOptions } from '../git/read-objects.ts';
import { fsyncDirectory, parentOf } from '../files/durable.ts';
import { openFlags } from '../files/system-calls.ts';
import { decodeText, isErrorCode } from '../../units/index.ts';
import type {
  Commits,
  CommitsPlace,
  Difference,
  DifferenceOptions,
  OpenCommits,
  PathFilter,
  Ref,
  RefMove,
  RefNote,
  TreeCommit,
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

  async types(names: readonly string[]): Promise<readonly (string | undefined)[]> {
    if (names.some((name) => name.includes('\n'))) throw new RangeError('a name with a line end');
    const { directory } = this.#place;
    const input = names.map((name) => `${name}\n`).join('');
    const output = await runGit(['cat-file', '--batch-check=%(objecttype)'], { directory, input });
    const lines = decodeText(output).split('\n');
    // Of an object that is not there it says another thing, which is more than a word.
    return names.map((_, index) => /^\w+$/.exec(lines[index] ?? '')?.[0]);
  }

  async isAncestor({ older, newer }: Parameters<Commits['isAncestor']>[0]): Promise<boolean> {
    const args = ['merge-base', '--is-ancestor', older, newer];
    return (await unlessStatus1(args, this.#place.directory)) !== undefined;
  }

  async refs(patterns: readonly string[]): Promise<readonly Ref[]> {
    const lines = await this.#forEachRef('%(objectname) %(refname)', patterns);
    return lines.map((line) => {
      const space = line.indexOf(' ');
      return { name: line.slice(space + 1), sha: line.slice(0, space) };
    });
  }

  async unmerged(patterns: readonly string[], tip: string | undefined): Promise<readonly Ref[]> {
    const filter = tip === undefined ? [] : [`--no-merged=${tip}`];
    const format = '%(objecttype) %(objectname) %(refname)';
    const lines = await this.#forEachRef(format, [...filter, ...patterns]);
    return lines.flatMap((line) => {
      const [, sha, name] = /^commit ([0-9a-f]+) (.+)$/.exec(line) ?? [];
      return sha === undefined || name === undefined ? [] : { name, sha };
    });
  }

  async head(): Promise<string | undefined> {
    const args = ['symbolic-ref', '--quiet', 'HEAD'];
    return (await unlessStatus1(args, this.#place.gitDirectory))?.replace(/\n$/, '');
  }

  async point(ref: string, to: string): Promise<void> {
    await runGit(['update-ref', ref, to], { directory: this.#place.gitDirectory });
  }

  async remove(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const input = names.map((name) => `delete ${name}\n`).join('');
    await runGit(['update-ref', '--stdin'], { directory: this.#place.gitDirectory, input });
  }

  hasRef(name: string): Promise<boolean> {
    return hasRef(name, this.#place);
  }

  write(commit: NewCommit): Promise<string> {
    return writeCommit(commit, this.#place);
  }

  async writeOfTree({ tree, parents, message, identity, timeMs }: TreeCommit): Promise<string> {
    const { directory, version } = this.#place;
    const words = ['commit-tree', tree, ...parents.flatMap((each) => ['-p', each]), '-m', message];
    const date = `@${Math.floor(timeMs / 1000)} +0000`;
    const env = {
      GIT_AUTHOR_NAME: identity.name,
      GIT_AUTHOR_EMAIL: identity.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: identity.name,
      GIT_COMMITTER_EMAIL: identity.email,
      GIT_COMMITTER_DATE: date,
    };
    const output = await runGit([...durableGitOptions(version), ...words], { directory, env });
    return decodeText(output).trim();
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

  async pack(signal: AbortSignal): Promise<void> {
    await runGit(['-c', 'gc.autoDetach=false', 'gc', '--auto', '--quiet'], {
      directory: this.#place.directory,
      signal,
      isGroup: true,
    });
  }

  close(): Promise<void> {
    return this.#catFile.close();
  }

  /** In the git directory: refs of one work tree alone are nobody else's. */
  async #forEachRef(format: string, words: readonly string[]): Promise<readonly string[]> {
    const { directory, gitDirectory } = this.#place;
    const args = [`--git-dir=${gitDirectory}`, 'for-each-ref', `--format=${format}`, ...words];
    const output = await runGit(args, { directory });
    return decodeText(output).split('\n').filter(Boolean);
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

/** What git prints; `undefined` when it ends with 1, by which some of its commands say no. */
async function unlessStatus1(
  args: readonly string[],
  directory: string,
): Promise<string | undefined> {
  try {
    return decodeText(await runGit(args, { directory }));
  } catch (error) {
    if (error instanceof GitError && error.data.exitStatus === 1) return undefined;
    throw error;
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
