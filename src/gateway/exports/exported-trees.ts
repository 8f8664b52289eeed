import { serializeKey, type Key } from '../../key/index.ts';
import { blobKey, isExportPath, type ExportPlaces } from '../../nodes/index.ts';
import {
  exportLogPath,
  parseExportLog,
  type AnnexBranch,
  type FileOfTree,
  type LoggedExport,
  type Trees,
} from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';

/** What is known of the trees that were exported to one remote. */
interface KnownTrees {
  /** Their SHAs. */
  readonly name: string;
  readonly places: Promise<ReadonlyMap<string, readonly string[]>>;
}

/** What of the git-annex branch they are read from. */
interface BranchOfTrees {
  readonly read: AnnexBranch['read'];
  readonly trees: Pick<Trees, 'filesOf'>;
}

/** The trees of a remote, by how far their export came: SHAs. */
interface Stages {
  readonly ended: readonly string[];
  readonly begun: readonly string[];
}

/** Trees whose files are kept in memory: one that is exported, as it was pushed and as it is, and one before it. */
const treesMax = 3;

/**
 * The trees that were exported to special remotes, by whomever, as `export.log` has them (spec/special-remotes.md
 * section 8.1). Those whose export did not end count as well: of each, some files may be there. Of the trees of a
 * remote, the paths of all keys are kept in memory, until the log has others.
 */
export class ExportedTrees {
  readonly #branch: BranchOfTrees;
  readonly #known = new Map<Uuid, KnownTrees>();
  /** The files of trees that were asked about last. */
  readonly #files = new Map<string, ReturnType<Trees['filesOf']>>();

  constructor(branch: BranchOfTrees) {
    this.#branch = branch;
  }

  /** What each repository has exported to a remote. */
  async logged(remote: Uuid): Promise<readonly LoggedExport[]> {
    return parseExportLog((await this.#branch.read(exportLogPath)) ?? '', remote);
  }

  /** The SHAs of the trees that a remote may have files of, each once: those whose export ended come first. */
  async treesOf(remote: Uuid): Promise<readonly string[]> {
    const { ended, begun } = await this.#stages(remote);
    return [...ended, ...begun];
  }

  async #stages(remote: Uuid): Promise<Stages> {
    const lines = await this.logged(remote);
    const ended = new Set(lines.flatMap(({ trees }) => trees.slice(0, 1)));
    const begun = new Set(lines.flatMap(({ trees }) => trees.slice(1)));
    return { ended: [...ended], begun: [...begun].filter((tree) => !ended.has(tree)) };
  }

  /**
   * Where they have the content of a key: the places in trees whose export ended come first. A place in a tree whose
   * export was only begun is left out where an ended one has something else there that may be as long: what is there
   * would be taken for another content.
   */
  placesOn(remote: Uuid): ExportPlaces {
    return {
      of: async (key) => (await this.#placesOn(remote)).get(serializeKey(key)) ?? [],
    };
  }

  /**
   * The places that a key can be put at, by one who has the lock of the export: none while the remote may have files
   * of more than one tree.
   *
   * @throws when what was exported cannot be read.
   */
  async settledPlaces(remote: Uuid, key: Key): Promise<readonly string[]> {
    const trees = await this.treesOf(remote);
    return trees.length === 1 ? await this.placesOn(remote).of(key) : [];
  }

  async #placesOn(remote: Uuid): Promise<ReadonlyMap<string, readonly string[]>> {
    const stages = await this.#stages(remote);
    const name = `${stages.ended.join(' ')}, ${stages.begun.join(' ')}`;
    const known = this.#known.get(remote);
    if (known?.name === name) return await known.places;
    const read = { name, places: this.#read(stages) };
    this.#known.set(remote, read);
    read.places.catch(() => {
      // The next one tries again.
      if (this.#known.get(remote) === read) this.#known.delete(remote);
    });
    return await read.places;
  }

  /** The files of a tree, as `Trees` has them. */
  async filesOf(tree: string): ReturnType<Trees['filesOf']> {
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

  async #read({ ended, begun }: Stages): Promise<ReadonlyMap<string, readonly string[]>> {
    const first = await this.#filesOfAll(ended);
    const others = new Map<string, FileOfTree[]>();
    for (const file of first) others.set(file.path, [...(others.get(file.path) ?? []), file]);
    // One that an ended tree has there as well is known by that.
    const then = (await this.#filesOfAll(begun)).filter(
      (file) => !(others.get(file.path) ?? []).some((other) => mayBeAsLong(file, other)),
    );
    return placesOf([...first, ...then]);
  }

  async #filesOfAll(trees: readonly string[]): Promise<readonly FileOfTree[]> {
    const read = trees.map(async (tree) => (await this.filesOf(tree)).files);
    return (await Promise.all(read)).flat();
  }
}

/** The paths at which files of trees have each key, by its text, in the order of the files. */
export function placesOf(files: readonly FileOfTree[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, Set<string>>();
  for (const { key, path } of files) {
    if (key === undefined || !isExportPath(path)) continue;
    const name = serializeKey(key);
    const known = places.get(name);
    if (known === undefined) places.set(name, new Set([path]));
    else known.add(path);
  }
  return new Map([...places].map(([name, paths]) => [name, [...paths]]));
}

/** Whether the contents of two files may have one size. */
function mayBeAsLong(one: FileOfTree, other: FileOfTree): boolean {
  const [size, otherSize] = [one.key?.sizeBytes, other.key?.sizeBytes];
  return size === undefined || otherSize === undefined || size === otherSize;
}

/** The key by which git-annex exports a file of a tree: a file that is not annexed has that of its blob. */
export function exportKeyOf({ key, sha }: FileOfTree): Key {
  return key ?? blobKey(sha);
}
