import { serializeKey, type Key } from '../../key/index.ts';
import { blobKey, isExportPath, type ExportPlaces } from '../../nodes/index.ts';
import {
  exportLogPath,
  parseExportLog,
  type AnnexBranch,
  type FileOfTree,
  type LoggedExport,
} from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';

/** What is known of the trees that were exported to one remote. */
interface KnownTrees {
  /** Their SHAs. */
  readonly name: string;
  readonly places: Promise<ReadonlyMap<string, readonly string[]>>;
}

/** Trees whose files are kept in memory: one that is exported, as it was pushed and as it is, and one before it. */
const treesMax = 3;

/**
 * The trees that were exported to special remotes, by whomever, as `export.log` has them (spec/special-remotes.md
 * section 8.1). Those whose export did not end count as well: of each, some files may be there. Of the trees of a
 * remote, the paths of all keys are kept in memory, until the log has others.
 */
export class ExportedTrees {
  readonly #branch: Pick<AnnexBranch, 'read' | 'trees'>;
  readonly #known = new Map<Uuid, KnownTrees>();
  /** The files of trees that were asked about last. */
  readonly #files = new Map<string, ReturnType<AnnexBranch['trees']['filesOf']>>();

  constructor(branch: Pick<AnnexBranch, 'read' | 'trees'>) {
    this.#branch = branch;
  }

  /** What each repository has exported to a remote. */
  async logged(remote: Uuid): Promise<readonly LoggedExport[]> {
    return parseExportLog((await this.#branch.read(exportLogPath)) ?? '', remote);
  }

  /** The SHAs of the trees that a remote may have files of, each once. */
  async treesOf(remote: Uuid): Promise<readonly string[]> {
    return [...new Set((await this.logged(remote)).flatMap(({ trees }) => trees))];
  }

  /** Where they have the content of a key. */
  placesOn(remote: Uuid): ExportPlaces {
    return {
      of: async (key) => (await this.#placesOn(remote)).get(serializeKey(key)) ?? [],
    };
  }

  async #placesOn(remote: Uuid): Promise<ReadonlyMap<string, readonly string[]>> {
    const trees = await this.treesOf(remote);
    const name = trees.join(' ');
    const known = this.#known.get(remote);
    if (known?.name === name) return await known.places;
    const read = { name, places: this.#read(trees) };
    this.#known.set(remote, read);
    read.places.catch(() => {
      // The next one tries again.
      if (this.#known.get(remote) === read) this.#known.delete(remote);
    });
    return await read.places;
  }

  /** The files of a tree, as `Trees` has them. */
  async filesOf(tree: string): ReturnType<AnnexBranch['trees']['filesOf']> {
    const read = this.#files.get(tree) ?? this.#branch.trees.filesOf(tree);
    this.#files.delete(tree);
    this.#files.set(tree, read);
    for (const old of [...this.#files.keys()].slice(0, -treesMax)) this.#files.delete(old);
    try {
      return await read;
    } catch (error) {
      this.#files.delete(tree);
      throw error;
    }
  }

  async #read(trees: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const read = trees.map(async (tree) => (await this.filesOf(tree)).files);
    return placesOf((await Promise.all(read)).flat());
  }
}

/** The paths at which files of trees have each key, by its text, in the order of the files. */
export function placesOf(files: readonly FileOfTree[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const { key, path } of files) {
    if (key === undefined || !isExportPath(path)) continue;
    const name = serializeKey(key);
    const known = places.get(name);
    if (known === undefined) places.set(name, [path]);
    else if (!known.includes(path)) known.push(path);
  }
  return places;
}

/** The key by which git-annex exports a file of a tree: a file that is not annexed has that of its blob. */
export function exportKeyOf({ key, sha }: FileOfTree): Key {
  return key ?? blobKey(sha);
}
