import { parseKeyFile, type Key } from '../../key/index.ts';
import { decodeText } from '../../units/index.ts';
import { ObjectTooLargeError } from './cat-file-answers.ts';
import { runGit, streamGit } from './git.ts';
import { GitError } from './git-error.ts';
import { nulSeparatedBatches } from './nul-separated.ts';
import { readObjectBatches } from './read-objects.ts';

/** An annexed file of a commit. */
export interface AnnexedFile {
  /** From the top of the repository. */
  readonly file: string;
  readonly key: Key;
}

/** Longest content that can stand for a key, a link or a pointer (spec/git-annex-branch.md section 2). */
const pointerBytesMax = 32 * 1024;

/**
 * The annexed files of the commit that is checked out, or of the branch that HEAD names in a bare
 * repository, streamed in the order of the bytes of their names; none before the first commit.
 */
export async function* annexedFiles(
  directory: string,
): AsyncGenerator<AnnexedFile, void, undefined> {
  for await (const files of annexedFileBatches(directory)) yield* files;
}

/** The same, as many at once as were read at once. */
export async function* annexedFileBatches(
  directory: string,
): AsyncGenerator<readonly AnnexedFile[], void, undefined> {
  if (!(await hasCommit(directory))) return;
  const contents = readObjectBatches(entries(directory), {
    directory,
    nameOf: ({ sha }) => sha,
    bytesMax: pointerBytesMax,
  });
  for await (const batch of contents) {
    const files: AnnexedFile[] = [];
    for (const { asked, answer } of batch) {
      if (answer === undefined || answer instanceof ObjectTooLargeError) continue;
      const key = pointedKey(decodeText(answer.bytes), asked.isLink);
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

interface Entry {
  readonly sha: string;
  readonly file: string;
  readonly isLink: boolean;
}

async function* entries(directory: string): AsyncGenerator<readonly Entry[], void, undefined> {
  const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', 'HEAD'];
  for await (const lines of nulSeparatedBatches(streamGit(args, { directory }))) {
    yield lines.flatMap((line) => entryOf(line) ?? []);
  }
}

function entryOf(line: string): Entry | undefined {
  const [, mode, sha, size, file] = entryShape.exec(line) ?? [];
  if (sha === undefined || file === undefined || Number(size) > pointerBytesMax) return undefined;
  return { sha, file, isLink: mode === '120000' };
}

const entryShape = /^(1\d{5}) blob ([0-9a-f]+) +(\d+)\t([\s\S]+)$/;

/** The key that a link leads to, or that the first line of a pointer file names. */
export function pointedKey(content: string, isLink: boolean): Key | undefined {
  const [line = ''] = content.split('\n', 1);
  const marker = isLink ? /(?:^|\/)\.git\/annex\/objects\// : /^\/annex\/objects\//;
  return marker.test(line) ? parseKeyFile(line.slice(line.lastIndexOf('/') + 1)) : undefined;
}
