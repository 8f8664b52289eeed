import { pointedKey, pointerBytesMax, type Key } from '../../key/index.ts';
import { decodeText } from '../../units/index.ts';
import type { Commits } from '../branch/commits.ts';
import { emptyTree } from '../merging/merge-commits.ts';

/** A file of a tree that is, or could be, exported. */
export interface FileOfTree {
  readonly path: string;
  /** The SHA of its blob. */
  readonly sha: string;
  /** The key that it stands for; `undefined` for a file that is not annexed. */
  readonly key: Key | undefined;
}

/** Most bytes of a file that is not annexed and is exported: it is held in memory. */
const blobBytesMax = 256 * 1024 * 1024;

/**
 * What special remotes that trees are exported to need of a repository's git (spec/special-remotes.md section 8):
 * trees, files in them, and what is in these.
 */
export class Trees {
  readonly #commits: Pick<Commits, 'object' | 'objects' | 'differences' | 'write'>;

  constructor(commits: Pick<Commits, 'object' | 'objects' | 'differences' | 'write'>) {
    this.#commits = commits;
  }

  /** The SHA of the tree of a branch, or of a directory of it (`main:sub`); `undefined` when it has none. */
  async treeOf(treeish: string): Promise<string | undefined> {
    const name = treeish.includes(':') ? treeish : `${treeish}^{tree}`;
    const found = await this.#commits.object(name);
    return found?.type === 'tree' ? found.sha : undefined;
  }

  /**
   * The files of a tree, in the order of git, and the paths that are never exported: links that stand for no key,
   * and other repositories.
   *
   * @throws Error when the tree is not there.
   */
  async filesOf(
    tree: string,
  ): Promise<{ readonly files: readonly FileOfTree[]; readonly others: readonly string[] }> {
    if ((await this.#commits.object(tree))?.type !== 'tree') {
      throw new Error(`the tree ${tree} is not in this repository; push the branch that it is of`);
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
        const key = pointedKey(text, entry.isLink);
        if (entry.isLink && key === undefined) others.push(entry.path);
        else files.push({ path: entry.path, sha: entry.sha, key });
      }
    }
    return { files, others };
  }

  async *#entriesOf(
    tree: string,
    others: string[],
  ): AsyncGenerator<readonly { path: string; sha: string; isLink: boolean }[]> {
    for await (const found of this.#commits.differences({ from: emptyTree, to: tree })) {
      const { path, after, afterMode } = found;
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

async function* oneOf(sha: string): AsyncGenerator<readonly string[]> {
  yield await Promise.resolve([sha]);
}
