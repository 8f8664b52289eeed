import { decodeText, encodeText } from '../../units/index.ts';
import type { GitObject } from './cat-file-answers.ts';

/** The SHA of an entry of a tree, by a name of any bytes; `undefined` when it has none. */
export function entryOfTree(tree: GitObject, name: string): string | undefined {
  const wanted = encodeText(name);
  for (const entry of entriesOf(tree)) if (entry.name.equals(wanted)) return entry.sha();
  return undefined;
}

/** An entry of a tree. */
interface TreeEntry {
  readonly name: Buffer;
  sha(): string;
}

/** A tree is a row of `MODE NAME`, NUL and the bytes of a SHA. */
function* entriesOf(tree: GitObject): Generator<TreeEntry, void, undefined> {
  const bytes = Buffer.from(tree.bytes.buffer, tree.bytes.byteOffset, tree.bytes.byteLength);
  const shaBytes = tree.sha.length / 2;
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(0x20, start);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0) return;
    const next = end + 1 + shaBytes;
    yield {
      name: bytes.subarray(space + 1, end),
      sha: () => bytes.subarray(end + 1, next).toString('hex'),
    };
    start = next;
  }
}

/** Reads between two looks at whether the top of a branch is wide. */
const readsBetweenLooks = 64;

/** Entries from which on the top of a branch costs more to read than the name of its commit. */
const wideFrom = 256;

/**
 * The directories at the top of a commit, remembered for the commit that was asked about last. Git reads all
 * trees on the way anew for each path that it is asked for, and the topmost of a git-annex branch with many keys
 * has 4,096 entries: half a millisecond of processor time a path, where its directories by their SHA take a
 * fifteenth.
 */
export class TopTrees {
  readonly #read: (name: string) => Promise<GitObject | undefined>;
  #reads = 0;
  #isWide = false;
  #known: { readonly commit: string; readonly trees: Promise<Tops> } | undefined;

  /** @param read gives an object by a name that git knows. */
  constructor(read: (name: string) => Promise<GitObject | undefined>) {
    this.#read = read;
  }

  /**
   * A name by which git finds a file of a commit soonest; `undefined` when the commit has no such file.
   *
   * @param path without a line end.
   * @param commit gives the SHA of the commit; only asked when the top is wide, or may have become so.
   * @param otherwise what the commit is called where that does not matter: a ref, or its SHA.
   */
  async nameOf(
    path: string,
    { commit, otherwise }: { commit: () => Promise<string | undefined>; otherwise: string },
  ): Promise<string | undefined> {
    const slash = path.indexOf('/');
    if (slash < 0) return `${otherwise}:${path}`;
    this.#reads += 1;
    if (!this.#isWide && this.#reads % readsBetweenLooks !== 0) return `${otherwise}:${path}`;
    const sha = await commit();
    if (sha === undefined) return undefined;
    const trees = await this.#topsOf(sha);
    this.#isWide = trees.size >= wideFrom;
    const tree = trees.get(path.slice(0, slash));
    return tree === undefined ? undefined : `${tree}:${path.slice(slash + 1)}`;
  }

  #topsOf(commit: string): Promise<Tops> {
    if (this.#known?.commit !== commit) {
      const trees = this.#readTops(commit);
      this.#known = { commit, trees };
      trees.catch(() => {
        // The next one tries again.
        if (this.#known?.trees === trees) this.#known = undefined;
      });
    }
    return this.#known.trees;
  }

  async #readTops(commit: string): Promise<Tops> {
    const trees = new Map<string, string>();
    const top = await this.#read(`${commit}^{tree}`);
    if (top?.type !== 'tree') return trees;
    for (const entry of entriesOf(top)) trees.set(decodeText(entry.name), entry.sha());
    return trees;
  }
}

/** The SHAs of the entries at the top, by their names. */
type Tops = ReadonlyMap<string, string>;
