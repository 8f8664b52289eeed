import { pointedKey, pointerBytesMax, type Key } from '../../key/index.ts';
import { decodeText } from '../../units/index.ts';
import { runGit, streamGit } from './git.ts';
import { GitError } from './git-error.ts';
import { nulSeparatedBatches } from './nul-separated.ts';
import { readObjectBatches } from './read-objects.ts';

/** An annexed file of a commit, or of the index. */
export interface AnnexedFile {
  /** From the top of the repository, or from the directory that was asked about in the index. */
  readonly file: string;
  readonly key: Key;
}

/** A file that git has, with the name of its content. */
interface Entry {
  readonly sha: string;
  readonly file: string;
  readonly isLink: boolean;
}

/**
 * The annexed files of the commit that is checked out, or of the branch that HEAD names in a bare
 * repository, in the order of the bytes of their names, as many at once as were read at once; none
 * before the first commit. Names are from the top of the repository.
 * @throws GitError.
 */
export async function* annexedFilesOfCommit(
  directory: string,
): AsyncGenerator<readonly AnnexedFile[], void, undefined> {
  if (await hasCommit(directory)) yield* annexedAmong(entriesOfCommit(directory), directory);
}

/**
 * The annexed files of the index of a work tree below a directory, in its order, as many at once as were
 * read at once. Names are from the directory.
 * @param path only what is there, from the directory.
 * @throws GitError.
 */
export function annexedFilesOfIndex(
  directory: string,
  path: string,
): AsyncGenerator<readonly AnnexedFile[], void, undefined> {
  return annexedAmong(entriesOfIndex(directory, path), directory);
}

/** Which of the files of a repository stand for keys: as links, or as pointer files. */
async function* annexedAmong(
  entries: AsyncIterable<readonly Entry[]>,
  directory: string,
): AsyncGenerator<readonly AnnexedFile[], void, undefined> {
  const contents = readObjectBatches(entries, {
    directory,
    nameOf: ({ sha }) => sha,
    bytesMax: pointerBytesMax,
  });
  for await (const batch of contents) {
    const files: AnnexedFile[] = [];
    for (const { asked, answer } of batch) {
      if (answer.kind !== 'object') continue;
      const key = pointedKey(decodeText(answer.object.bytes), asked.isLink);
      if (key !== undefined) files.push({ file: asked.file, key });
    }
    yield files;
  }
}

async function hasCommit(directory: string): Promise<boolean> {
  try {
    await runGit(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { directory });
    return true;
  } catch (error) {
    if (error instanceof GitError && error.data.exitStatus === 1) return false;
    throw error;
  }
}

async function* entriesOfCommit(directory: string): AsyncGenerator<readonly Entry[]> {
  const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', 'HEAD'];
  for await (const lines of nulSeparatedBatches(streamGit(args, { directory }))) {
    yield lines.flatMap((line) => entryOfCommit(line) ?? []);
  }
}

/** A line with its size, so that git is not asked for what is too large to stand for a key. */
function entryOfCommit(line: string): Entry | undefined {
  const [, mode, sha, size, file] = commitLine.exec(line) ?? [];
  if (sha === undefined || file === undefined || Number(size) > pointerBytesMax) return undefined;
  return { sha, file, isLink: mode === '120000' };
}

const commitLine = /^(1\d{5}) blob ([0-9a-f]+) +(\d+)\t([\s\S]+)$/;

async function* entriesOfIndex(directory: string, path: string): AsyncGenerator<readonly Entry[]> {
  const args = ['ls-files', '-s', '-z', '--', `:(literal)${path}`];
  for await (const lines of nulSeparatedBatches(streamGit(args, { directory }))) {
    yield lines.flatMap((line) => entryOfIndex(line) ?? []);
  }
}

/** A line that is a link or an ordinary file, and in no conflict. */
function entryOfIndex(line: string): Entry | undefined {
  const [, mode, sha, file] = indexLine.exec(line) ?? [];
  if (sha === undefined || file === undefined || mode === '160000') return undefined;
  return { sha, file, isLink: mode === '120000' };
}

const indexLine = /^(1\d{5}) ([0-9a-f]+) 0\t([\s\S]*)$/;
