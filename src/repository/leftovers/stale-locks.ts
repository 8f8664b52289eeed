import { lstatSync, unlinkSync, type Stats } from 'node:fs';
import { lstat, readdir, realpath, statfs } from 'node:fs/promises';
import { uptime } from 'node:os';
import { isErrorCode } from '../files/error-code.ts';
import { isAbandoned } from './abandoned.ts';
import { allProcesses } from './processes.ts';

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
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0x2fc12fc1, // ZFS
  0xf2f52010, // F2FS
  0xca451a4e, // bcachefs
  0x01021994, // tmpfs
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
  readonly #uptimeSeconds: () => number;
  #seen: ReadonlyMap<string, Sighting> = new Map();

  /** @param uptimeSeconds the machine's clock, by which the start of processes is told. */
  constructor(gitDirectory: string, uptimeSeconds: () => number = uptime) {
    this.#gitDirectory = gitDirectory;
    this.#uptimeSeconds = uptimeSeconds;
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
    const nowSeconds = this.#uptimeSeconds();
    const old = [...seen].filter(
      ([, { seenSeconds }]) => nowSeconds - seenSeconds >= watchSecondsMin,
    );
    if (old.length === 0 || !(await this.#isOnOwnDisk())) return [];
    const processes = allProcesses();
    const removed = old.flatMap(([name, sighting]) => {
      const path = `${this.#gitDirectory}/${name}`;
      const status = lstatSync(path, { throwIfNoEntry: false });
      if (status === undefined || identityOf(status) !== sighting.identity) return [];
      const { seenSeconds } = sighting;
      if (!isAbandoned({ pathEnd: endOf(name), status, seenSeconds }, processes)) return [];
      unlinkSync(path);
      return [name];
    });
    this.#seen = new Map([...seen].filter(([name]) => !removed.includes(name)));
    return removed;
  }

  async #look(): Promise<ReadonlyMap<string, Sighting>> {
    const names = [...lockNames, ...(await locksOfRefs(this.#gitDirectory))];
    const nowSeconds = this.#uptimeSeconds();
    const seen = new Map<string, Sighting>();
    for (const name of names) {
      const status = await statusOf(`${this.#gitDirectory}/${name}`);
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
    return ownFileSystems.has((await statfs(await realpath(this.#gitDirectory))).type);
  }
}

/** No ref may have a name that ends so: these are locks, all of them. */
async function locksOfRefs(gitDirectory: string): Promise<string[]> {
  const found: string[] = [];
  const directories = ['refs'];
  let entries = 0;
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    const listed = await readdir(`${gitDirectory}/${directory}`, { withFileTypes: true }).catch(
      (error: unknown) => {
        if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
        throw error;
      },
    );
    entries += listed.length;
    if (entries > refEntriesMax) return found;
    for (const entry of listed) {
      if (entry.isDirectory()) directories.push(`${directory}/${entry.name}`);
      else if (entry.name.endsWith('.lock')) found.push(`${directory}/${entry.name}`);
    }
  }
  return found;
}

async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

function identityOf({ dev, ino, mtimeMs, size }: Stats): string {
  return `${dev}.${ino}.${mtimeMs}.${size}`;
}

function endOf(name: string): string {
  return `/${name.split('/').slice(-2).join('/')}`;
}
