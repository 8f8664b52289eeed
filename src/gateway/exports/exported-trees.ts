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
import { isErrorCode, type Uuid } from '../../units/index.ts';

interface PlacesOfTrees {
  readonly places: ReadonlyMap<string, readonly string[]>;
  /** Trees that could not be read. */
  readonly unknown: readonly string[];
}

/** What is known of the trees that were exported to one remote. */
interface KnownTrees {
  /** Their SHAs. */
  readonly name: string;
  readonly read: Promise<PlacesOfTrees>;
}

/** What of the git-annex branch they are read from. */
interface BranchOfTrees {
  readonly read: AnnexBranch['read'];
  readonly trees: Pick<Trees, 'filesOf' | 'isHere'>;
}

/** The trees of a remote, by how far their export came: SHAs. */
interface Stages {
  readonly ended: readonly string[];
  readonly begun: readonly string[];
}

/** The files of a tree, or why they cannot be known. */
export type KnownFiles =
  | { readonly kind: 'known'; readonly files: readonly FileOfTree[] }
  | { readonly kind: 'unknown'; readonly why: string; readonly isMissing: boolean };

/**
 * The trees that were exported to special remotes, by whomever, as `export.log` has them (spec/special-remotes.md
 * section 8.1). Those whose export did not end count as well: of each, some files may be there. Of the trees of a
 * remote, the paths of all keys are kept in memory, until the log has others.
 */
export class ExportedTrees {
  readonly #branch: BranchOfTrees;
  readonly #known = new Map<Uuid, KnownTrees>();
  /** The files of trees that were asked about, for so long as somebody reads trees. */
  readonly #files = new Map<string, ReturnType<Trees['filesOf']>>();
  #readers = 0;

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
   * export was only begun is left out where an ended one, or one that the log has before it, has something else there
   * that may be as long: what is there would be taken for another content.
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
    if (known?.name === name) {
      const { places, unknown } = await known.read;
      if (!(await this.#isAnyHere(unknown))) return places;
    }
    const read = { name, read: this.#read(stages) };
    this.#known.set(remote, read);
    read.read.catch(() => {
      // The next one tries again.
      if (this.#known.get(remote) === read) this.#known.delete(remote);
    });
    return (await read.read).places;
  }

  /** A tree may come with a push, which changes nothing in the log. */
  async #isAnyHere(trees: readonly string[]): Promise<boolean> {
    for (const tree of trees) if (await this.#branch.trees.isHere(tree)) return true;
    return false;
  }

  /** Keeps the files of each tree that is read in memory until an act, and others beside it, have ended. */
  async whileReading<T>(act: () => Promise<T>): Promise<T> {
    this.#readers += 1;
    try {
      return await act();
    } finally {
      this.#readers -= 1;
      if (this.#readers === 0) this.#files.clear();
    }
  }

  /**
   * The files of a tree, as `Trees` has them.
   *
   * @throws TREE_UNKNOWN, TREE_TOO_LARGE.
   */
  async filesOf(tree: string): ReturnType<Trees['filesOf']> {
    return await this.whileReading(async () => {
      const read = this.#files.get(tree) ?? this.#branch.trees.filesOf(tree);
      this.#files.set(tree, read);
      try {
        return await read;
      } catch (error) {
        this.#files.delete(tree);
        throw error;
      }
    });
  }

  /** The files of a tree that export.log names, which may be one that is not here, or of more files than are read. */
  async knownFilesOf(tree: string): Promise<KnownFiles> {
    try {
      return { kind: 'known', files: (await this.filesOf(tree)).files };
    } catch (error) {
      if (!isErrorCode(error, 'TREE_UNKNOWN', 'TREE_TOO_LARGE')) throw error;
      return { kind: 'unknown', why: error.message, isMissing: error.code === 'TREE_UNKNOWN' };
    }
  }

  async #read({ ended, begun }: Stages): Promise<PlacesOfTrees> {
    return await this.whileReading(async () => {
      const files: FileOfTree[] = [];
      const unknown: string[] = [];
      const byPath = new Map<string, FileOfTree[]>();
      for (const tree of [...ended, ...begun]) {
        const known = await this.knownFilesOf(tree);
        if (known.kind === 'unknown') {
          // One that is here and too large stays so.
          if (known.isMissing) unknown.push(tree);
          continue;
        }
        // What is begun has brought nothing yet to where something else may still be.
        const may = (file: FileOfTree): boolean =>
          ended.includes(tree) ||
          !(byPath.get(file.path) ?? []).some((other) => mayBeAsLong(file, other));
        const there = known.files.filter(may);
        for (const file of there) {
          byPath.set(file.path, [...(byPath.get(file.path) ?? []), file]);
          files.push(file);
        }
      }
      return { places: placesOf(files), unknown };
    });
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
