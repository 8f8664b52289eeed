import { join } from 'node:path';
import type { Disk } from '../../repository/index.ts';
import { isErrorCode } from '../../units/index.ts';

/** How deep below a directory repositories are looked for; people keep them two or three deep. */
const searchDepthMax = 32;

/** Files and directories that one search looks at, so that it ends whatever it is pointed at. */
export const searchEntriesMax = 1_000_000;

/** Repositories that one search finds. */
export const searchFoundMax = 10_000;

/** A git repository on disk, with or without an annex. */
export interface RepositoryPlace {
  readonly directory: string;
  /** Where it lies below the directory that was searched, with `/`. */
  readonly name: string;
  /** The file with its git config, when it is at one of the two usual places. */
  readonly configFile: string | undefined;
}

/** What a search found, and whether it looked everywhere. */
export interface SearchResult {
  readonly places: readonly RepositoryPlace[];
  readonly isWhole: boolean;
}

/**
 * Finds the git repositories below a directory, deep, in the order of their names: also below
 * hidden directories, and a symlink that leads to a repository; not inside another repository, nor
 * below a directory that is a symlink (spec/newest.md section 4, "Options"). The directory itself
 * counts when it is one. A directory that may not be read is passed over.
 *
 * @throws when one cannot be read for another reason.
 */
export async function searchRepositories(directory: string, disk: Disk): Promise<SearchResult> {
  const finder = new RepositoryFinder(disk);
  await finder.lookAt({ path: directory, names: [] }, 'search');
  return { places: finder.places, isWhole: finder.isWhole };
}

interface Spot {
  readonly path: string;
  readonly names: readonly string[];
}

class RepositoryFinder {
  readonly places: RepositoryPlace[] = [];
  isWhole = true;
  readonly #disk: Disk;
  #entries = 0;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** @param below whether to go on below it when it is no repository. */
  async lookAt(spot: Spot, below: 'search' | 'leave'): Promise<void> {
    if (this.places.length >= searchFoundMax || spot.names.length > searchDepthMax) {
      this.isWhole = false;
      return;
    }
    const entries = await this.#read(spot.path);
    if (entries === undefined) return;
    const config = configOf(spot.path, entries);
    if (config.kind !== 'none') {
      const configFile = config.kind === 'here' ? config.path : undefined;
      this.places.push({ directory: spot.path, name: spot.names.join('/'), configFile });
      return;
    }
    if (below === 'leave') return;
    for (const [name, kind] of [...entries].sort(byName)) {
      const next = { path: join(spot.path, name), names: [...spot.names, name] };
      if (kind === 'directory') await this.lookAt(next, 'search');
      else if (kind === 'symlink' && (await this.#isDirectory(next.path))) {
        await this.lookAt(next, 'leave');
      }
    }
  }

  /** What is in a directory; `undefined` when it cannot be read. */
  async #read(path: string): Promise<Map<string, Kind> | undefined> {
    const entries = new Map<string, Kind>();
    try {
      await this.#disk.entries(path, (entry) => {
        this.#entries += 1;
        if (this.#entries > searchEntriesMax) {
          this.isWhole = false;
          return false;
        }
        if (entry.isDirectory()) entries.set(entry.name, 'directory');
        else if (entry.isSymbolicLink()) entries.set(entry.name, 'symlink');
        else if (marks.has(entry.name)) entries.set(entry.name, 'file');
        return true;
      });
    } catch (error) {
      // Any other trouble, as descriptors that have run out, must not pass for an empty directory.
      if (isErrorCode(error, 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined;
      throw error;
    }
    return entries;
  }

  async #isDirectory(path: string): Promise<boolean> {
    try {
      return (await this.#disk.status(path))?.isDirectory() === true;
    } catch {
      return false;
    }
  }
}

type Kind = 'directory' | 'symlink' | 'file';

/** Names of files that make a directory a repository. */
const marks: ReadonlySet<string> = new Set(['.git', 'HEAD', 'config']);

/** Where the config of a repository is: `none` where a directory is no repository. */
type ConfigPlace =
  | { readonly kind: 'here'; readonly path: string }
  | { readonly kind: 'elsewhere' | 'none' };

function configOf(path: string, entries: ReadonlyMap<string, Kind>): ConfigPlace {
  const dotGit = entries.get('.git');
  // A file names a directory elsewhere, as for a submodule or a further working tree.
  if (dotGit === 'file') return { kind: 'elsewhere' };
  if (dotGit !== undefined) return { kind: 'here', path: join(path, '.git', 'config') };
  const isBare =
    entries.has('HEAD') && entries.has('config') && entries.get('objects') !== undefined;
  return isBare ? { kind: 'here', path: join(path, 'config') } : { kind: 'none' };
}

function byName([one]: readonly [string, Kind], [other]: readonly [string, Kind]): number {
  return one < other ? -1 : 1;
}
