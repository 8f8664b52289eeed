import { encodeText } from '../../units/index.ts';
import type { Disk } from '../files/disk.ts';
import { isGitAtLeast, type GitVersion } from '../git/git.ts';
import { GitChild } from '../git/git-child.ts';
import { GitError } from '../git/git-error.ts';

/**
 * What a commit makes of a file: a text, a blob that is in the repository already, or nothing; or a directory, which
 * a tree that is in the repository is put in the place of.
 */
export type CommitContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'blob'; readonly sha: string }
  | { readonly kind: 'tree'; readonly sha: string }
  | { readonly kind: 'removed' };

/** A file to put into a commit, or to leave out of it. */
export interface CommitFile {
  readonly path: string;
  readonly content: CommitContent;
}

/** Whose commits these are. */
export interface CommitIdentity {
  readonly name: string;
  readonly email: string;
}

/** A commit to write. */
export interface NewCommit {
  /** The first one's tree is what the files change; without one the tree begins empty. */
  readonly parents: readonly string[];
  /** The SHA of a tree that the files change. Default: that of the first parent. */
  readonly tree?: string;
  readonly message: string;
  readonly identity: CommitIdentity;
  readonly timeMs: number;
  readonly files: Iterable<CommitFile> | AsyncIterable<CommitFile>;
}

/** A name that fast-import builds on and that is gone when it ends. */
const workingRef = 'refs/ballast/commit-in-progress';

/**
 * fast-import takes and frees each tree it touches, and glibc gives the memory back to the system
 * each time: without this 500 files take 2 to 4 seconds in place of 0.3. Others ignore it.
 */
const largeHeap = { MALLOC_TRIM_THRESHOLD_: '268435456', MALLOC_TOP_PAD_: '16777216' };

/**
 * Options by which a git syncs to the disk everything it writes: `core.fsync` since 2.36,
 * `core.fsyncObjectFiles` before (git-config(1)).
 */
export function durableGitOptions(version: GitVersion): readonly string[] {
  const setting = isGitAtLeast(version, [2, 36]) ? 'core.fsync=all' : 'core.fsyncObjectFiles=true';
  return ['-c', setting];
}

/**
 * Writes a commit, durably, and moves no ref. Files stream through; memory holds what fast-import
 * needs of their names.
 * @returns the SHA of the commit.
 * @throws GitError when git cannot write; the repository is then as it was.
 */
export async function writeCommit(
  commit: NewCommit,
  git: {
    readonly directory: string;
    readonly gitDirectory: string;
    readonly version: GitVersion;
    readonly disk: Disk;
  },
): Promise<string> {
  const args = [...durableGitOptions(git.version), 'fast-import', '--done', '--quiet', '--force'];
  const child = new GitChild(args, { directory: git.directory, env: largeHeap });
  try {
    const output = readAll(child);
    // Awaited below, unless what is to be written fails first.
    output.catch(() => undefined);
    const ended = child.ended();
    for await (const piece of commands(commit)) {
      if (child.stdin.destroyed) break;
      if (!child.stdin.write(piece)) {
        await Promise.race([ended, new Promise((resolve) => child.stdin.once('drain', resolve))]);
      }
    }
    child.stdin.end();
    const sha = (await output).trim();
    await child.succeeded();
    if (/^[0-9a-f]{40,64}$/.test(sha)) return sha;
    throw new GitError(args, { stderrTail: `answered ${JSON.stringify(sha)} instead of a SHA` });
  } catch (error) {
    // A report of no use, one a failure: on a full disk they would pile up.
    await git.disk.remove(`${git.gitDirectory}/fast_import_crash_${child.pid}`);
    throw error;
  } finally {
    child.kill();
  }
}

async function* commands(commit: NewCommit): AsyncGenerator<Uint8Array, void, undefined> {
  const { parents, message, identity, timeMs, tree } = commit;
  const [from, ...merged] = parents;
  const who = `${identity.name.replaceAll(/[<>\n\0]/g, '')} <${identity.email.replaceAll(/[<>\n\0]/g, '')}>`;
  const header = [
    `commit ${workingRef}`,
    'mark :1',
    `committer ${who} ${Math.floor(timeMs / 1000)} +0000`,
    `data ${encodeText(message).length}\n${message}`,
    ...(from === undefined ? [] : [`from ${from}`]),
    ...merged.map((parent) => `merge ${parent}`),
  ];
  yield encodeText(`${header.join('\n')}\n`);
  if (tree !== undefined) yield encodeText(`M 040000 ${tree} ""\n`);
  for await (const { path, content } of commit.files) {
    if (content.kind === 'removed') {
      yield encodeText(`D ${quotedPath(path)}\n`);
    } else if (content.kind === 'blob' || content.kind === 'tree') {
      const mode = content.kind === 'blob' ? '100644' : '040000';
      yield encodeText(`M ${mode} ${content.sha} ${quotedPath(path)}\n`);
    } else {
      const bytes = encodeText(content.text);
      yield encodeText(`M 100644 inline ${quotedPath(path)}\ndata ${bytes.length}\n`);
      yield bytes;
      yield encodeText('\n');
    }
  }
  // Resetting the name to nothing leaves the commit in the repository and no ref to it.
  yield encodeText(
    `\nget-mark :1\nreset ${workingRef}\nfrom ${'0'.repeat(from?.length ?? 40)}\n\ndone\n`,
  );
}

/** A path as fast-import reads it back unchanged, whatever bytes it holds (git-fast-import(1)). */
export function quotedPath(path: string): string {
  const escaped = path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

async function readAll(child: GitChild): Promise<string> {
  let text = '';
  for await (const piece of child.stdout) text += String(piece);
  return text;
}
