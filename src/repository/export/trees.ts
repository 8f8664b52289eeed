import { pointedKey, pointerBytesMax, type Key } from '../../key/index.ts';
import { BallastError, decodeText } from '../../units/index.ts';
import type { CatFileAnswer } from '../git/cat-file-answers.ts';
import { emptyTree, type Commits } from '../branch/commits.ts';

/** A file of a tree that is, or could be, exported. */
export interface FileOfTree {
  readonly path: string;
  /** The SHA of its blob. */
  readonly sha: string;
  /** The key that it stands for; `undefined` for a file that is not annexed. */
  readonly key: Key | undefined;
  /** How many bytes its blob has; `undefined` where that is not in the repository. */
  readonly blobBytes: number | undefined;
}

/** Most files of a tree that are read: each is held in memory, and a few nested trees can stand for any number. */
const filesMax = 1_000_000;

/** Most bytes of a file that is not annexed and is exported: it is held in memory. */
const blobBytesMax = 256 * 1024 * 1024;

/**
 * What special remotes that trees are exported to need of a repository's git (spec/special-remotes.md section 8):
 * trees, files in them, and what is in these.
 */
export class Trees {
  readonly #commits: Pick<Commits, 'object' | 'objects' | 'differences' | 'write'>;
  readonly #filesMax: number;

  /** @param options.filesMax most files of a tree; default: a million. */
  constructor(
    commits: Pick<Commits, 'object' | 'objects' | 'differences' | 'write'>,
    options: { readonly filesMax?: number } = {},
  ) {
    this.#commits = commits;
    this.#filesMax = options.filesMax ?? filesMax;
  }

  /** The SHA of the tree of a branch, or of a directory of it (`main:sub`); `undefined` when it has none. */
  async treeOf(treeish: string): Promise<string | undefined> {
    const name = treeish.includes(':') ? treeish : `${treeish}^{tree}`;
    const found = await this.#commits.object(name);
    return found?.type === 'tree' ? found.sha : undefined;
  }

  /** Whether a tree is in the repository, by its SHA. */
  async isHere(tree: string): Promise<boolean> {
    return (await this.#commits.object(tree))?.type === 'tree';
  }

  /**
   * The files of a tree, in the order of git, and the paths that are never exported: links that stand for no key,
   * and other repositories.
   *
   * @throws TREE_UNKNOWN when the tree is not there; TREE_TOO_LARGE when it has more than a million files.
   */
  async filesOf(
    tree: string,
  ): Promise<{ readonly files: readonly FileOfTree[]; readonly others: readonly string[] }> {
    if (!(await this.isHere(tree))) {
      const message = `the tree ${tree} is not in this repository; push the branch that it is of`;
      throw new BallastError('TREE_UNKNOWN', message);
    }
    const files: FileOfTree[] = [];
    const others: string[] = [];
    const asked = this.#entriesOf(tree, others);
    const answers = this.#commits.objects(asked, {
      nameOf: ({ sha }) => sha,
      bytesMax: pointerBytesMax,
    });
    for await (const batch of answers) {
      for (const { asked: entry, answer } of batch) {
        const text = answer.kind === 'object' ? decodeText(answer.object.bytes) : '';
        const blobBytes = sizeOf(answer);
        const key = pointedKey(text, entry.isLink);
        if (entry.isLink && key === undefined) others.push(entry.path);
        else files.push({ path: entry.path, sha: entry.sha, key, blobBytes });
      }
    }
    return { files, others };
  }

  async *#entriesOf(
    tree: string,
    others: string[],
  ): AsyncGenerator<readonly { path: string; sha: string; isLink: boolean }[]> {
    let count = 0;
    for await (const found of this.#commits.differences({ from: emptyTree, to: tree })) {
      const { path, after, afterMode } = found;
      count += 1;
      if (count > this.#filesMax) throw treeTooLarge(tree, this.#filesMax);
      if (after === undefined) continue;
      if (afterMode === '160000') others.push(path);
      else yield [{ path, sha: after, isLink: afterMode === '120000' }];
    }
  }

  /** The SHA of a tree without some files, and without the directories that are empty then. Durable. */
  async without(tree: string, paths: readonly string[]): Promise<string> {
    if (paths.length === 0) return tree;
    const files = paths.map((path) => ({ path, content: { kind: 'removed' as const } }));
    const identity = { name: 'ballast', email: '' };
    const commit = await this.#commits.write({
      parents: [],
      tree,
      message: 'exported',
      identity,
      timeMs: 0,
      files,
    });
    const made = await this.treeOf(commit);
    if (made === undefined) throw new Error(`${commit}, which was just written, has no tree`);
    return made;
  }

  /**
   * What is in a blob.
   *
   * @throws ObjectTooLargeError over 256 MiB; Error when it is not there.
   */
  async blob(sha: string): Promise<Uint8Array> {
    const answers = this.#commits.objects(oneOf(sha), {
      nameOf: (name) => name,
      bytesMax: blobBytesMax,
    });
    for await (const batch of answers) {
      for (const { answer } of batch) {
        if (answer.kind === 'tooLarge') throw answer.error;
        if (answer.kind === 'object') return answer.object.bytes;
      }
    }
    throw new Error(`the blob ${sha} is not in this repository`);
  }
}

function treeTooLarge(tree: string, most: number): BallastError {
  const message = `the tree ${tree} has more than ${most} files, and is not exported; have the remote track a directory of it`;
  return new BallastError('TREE_TOO_LARGE', message);
}

function sizeOf(answer: CatFileAnswer): number | undefined {
  if (answer.kind === 'object') return answer.object.bytes.length;
  return answer.kind === 'tooLarge' ? answer.error.data.sizeBytes : undefined;
}

async function* oneOf(sha: string): AsyncGenerator<readonly string[]> {
  yield await Promise.resolve([sha]);
}
