import { localTypes, type Disk } from '../files/disk.ts';
import type { DirectoryEntry, FileStatus } from '../files/system-calls.ts';
import type { System } from '../system.ts';
import { isAbandoned, seenMachine } from './abandoned.ts';
import { isErrorCode } from '../../units/index.ts';

/**
 * How long a lock must have been seen before it may go, seconds: git itself holds one for
 * milliseconds, and gives up waiting for it after one second at most.
 */
const watchSecondsMin = 2;

/** Most entries of `refs/` that are looked through for locks. */
const refEntriesMax = 100_000;

/** Locks of git beside those of refs, by which its commands in a repository exclude each other. */
const lockNames = [
  'packed-refs.lock',
  'HEAD.lock',
  'config.lock',
  'index.lock',
  'shallow.lock',
  'annex/index.lock',
  'reftable/tables.list.lock',
  'objects/info/commit-graph.lock',
  'objects/info/commit-graphs/commit-graph-chain.lock',
] as const;

/** File systems that no other machine writes to, by the number that statfs(2) gives. */
const ownFileSystems: ReadonlySet<number> = new Set([
  ...localTypes,
  0x794c7630, // overlayfs
]);

interface Sighting {
  readonly identity: string;
  readonly seenSeconds: number;
}

/**
 * The lock files of git in one repository. A git that is killed, or a machine that goes down, leaves
 * them, and then every later git waits in vain.
 */
export class StaleLocks {
  readonly #gitDirectory: string;
  readonly #disk: Disk;
  readonly #system: Pick<System, 'clock' | 'processes'>;
  #seen: ReadonlyMap<string, Sighting> = new Map();

  constructor(place: {
    readonly gitDirectory: string;
    readonly disk: Disk;
    readonly system: Pick<System, 'clock' | 'processes'>;
  }) {
    this.#gitDirectory = place.gitDirectory;
    this.#disk = place.disk;
    this.#system = place.system;
  }

  /** Locks that were there when it was looked last, by their names below the git directory. */
  get inTheWay(): readonly string[] {
    return [...this.#seen.keys()];
  }

  /**
   * Removes locks that nobody can hold any more. The first look finds out what is there; only one that
   * comes some seconds later removes anything. Hold the journal lock.
   * @returns the names of those that were removed.
   */
  async clear(): Promise<readonly string[]> {
    const seen = await this.#look();
    const nowSeconds = this.#system.processes.uptimeSeconds();
    const old = [...seen].filter(
      ([, { seenSeconds }]) => nowSeconds - seenSeconds >= watchSecondsMin,
    );
    if (old.length === 0 || !(await this.#isOnOwnDisk())) return [];
    const machine = await seenMachine(this.#system);
    const removed: string[] = [];
    for (const [name, { identity, seenSeconds }] of old) {
      const path = `${this.#gitDirectory}/${name}`;
      const status = await this.#disk.look(path);
      if (status === undefined || identityOf(status) !== identity) continue;
      if (!isAbandoned({ pathEnd: endOf(name), status, seenSeconds }, machine)) continue;
      await this.#disk.remove(path);
      removed.push(name);
    }
    this.#seen = new Map([...seen].filter(([name]) => !removed.includes(name)));
    return removed;
  }

  async #look(): Promise<ReadonlyMap<string, Sighting>> {
    const names = [...lockNames, ...(await locksOfRefs(this.#gitDirectory, this.#disk))];
    const nowSeconds = this.#system.processes.uptimeSeconds();
    const seen = new Map<string, Sighting>();
    for (const name of names) {
      const status = await this.#disk.look(`${this.#gitDirectory}/${name}`);
      if (status?.isFile() !== true) continue;
      const identity = identityOf(status);
      const before = this.#seen.get(name);
      const isKnown = before?.identity === identity;
      seen.set(name, isKnown ? before : { identity, seenSeconds: nowSeconds });
    }
    this.#seen = seen;
    return seen;
  }

  async #isOnOwnDisk(): Promise<boolean> {
    const { type } = await this.#disk.usage(await this.#disk.realPath(this.#gitDirectory));
    return ownFileSystems.has(Number(type));
  }
}

/** No ref may have a name that ends so: these are locks, all of them. */
async function locksOfRefs(gitDirectory: string, disk: Disk): Promise<string[]> {
  const found: string[] = [];
  const directories = ['refs'];
  let entries = 0;
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const take = (entry: DirectoryEntry): boolean => {
      entries += 1;
      if (entry.isDirectory()) directories.push(`${directory}/${entry.name}`);
      else if (entry.name.endsWith('.lock')) found.push(`${directory}/${entry.name}`);
      return entries <= refEntriesMax;
    };
    try {
      await disk.entries(`${gitDirectory}/${directory}`, take);
    } catch (error) {
      if (!isErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    }
    if (entries > refEntriesMax) return found;
  }
  return found;
}

function identityOf({ dev, ino, mtimeMs, size }: FileStatus): string {
  return `${dev}.${ino}.${mtimeMs}.${size}`;
}

function endOf(name: string): string {
  return `/${name.split('/').slice(-2).join('/')}`;
}
