import type { Clock } from '../../clock/index.ts';
import { basename } from 'node:path';
import { directoryIdentity, thisMachine, type Disk, type System } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import {
  FoundRepositories,
  type FoundPlace,
  type FoundRepository,
  type Twin,
} from './found-repositories.ts';
import type { Warn } from '../notices/warn.ts';
import { readPlaceAnnex, type PlaceAnnex } from './place-annex.ts';
import {
  searchEntriesMax,
  searchFoundMax,
  searchRepositories,
  type RepositoryPlace,
} from './repository-search.ts';
import { TwinWatch } from './twin-watch.ts';

/** The least time between two searches, milliseconds. */
const searchGapMs = 200;

/**
 * A search is followed by that many times its own length without one: a stranger who asks for
 * UUIDs that are nowhere keeps the disk busy for a fifth of the time at most.
 */
const searchGapFactor = 4;

/** How long a request waits for a search before it is answered by what is known, milliseconds. */
const searchWaitMs = 5_000;

/** How old what is known may be when somebody asks for something that is known, milliseconds. */
const searchAgeMs = 30_000;

/** How old what is known may be, in times the length of a search: searches take a fiftieth of the time at most. */
const searchAgeFactor = 50;

/** Configurations read at once; each is a git process. */
const readersMax = 4;

interface KnownConfig {
  readonly fileVersion: string;
  readonly annex: PlaceAnnex | undefined;
}

/** A repository that is served apart from those that are found. */
export interface ServedApart {
  readonly uuid: Uuid;
  readonly gitDirectory: string;
}

/** What a search uses of a machine. */
type SearchedSystem = Pick<System, 'clock' | 'disks' | 'places' | 'configurations'>;

/** Knows the annexes below some directories, as of the last search. */
export class DirectoryIndex {
  readonly #directories: readonly string[];
  readonly #warn: Warn;
  /** The disk of the search: one that hangs stops it, and nothing else. */
  readonly #disk: Disk;
  readonly #system: SearchedSystem;
  readonly #apart: ServedApart | undefined;
  #apartFound: FoundRepository | undefined;
  readonly #twins = new TwinWatch();
  #found: FoundRepositories = new FoundRepositories([], { watch: this.#twins });
  /** By configuration file, so that a search reads only those that have changed. */
  #configs: ReadonlyMap<string, KnownConfig> = new Map();
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  readonly #told = new Set<string>();
  readonly #ageMs: number;
  readonly #clock: Clock;
  /** When what is known is too old. */
  #oldFromMs = Infinity;

  /**
   * @param options.apart a repository that is served apart from these.
   * @param options.ageMs default: {@link searchAgeMs}.
   */
  constructor(
    directories: readonly string[],
    options: {
      readonly warn: Warn;
      readonly apart?: ServedApart | undefined;
      readonly ageMs?: number;
      /** Default: this machine. */
      readonly system?: SearchedSystem | undefined;
    },
  ) {
    this.#directories = directories;
    this.#warn = options.warn;
    const { system = thisMachine } = options;
    this.#system = system;
    this.#clock = system.clock;
    this.#disk = system.disks.apart('search');
    this.#apart = options.apart;
    this.#ageMs = options.ageMs ?? searchAgeMs;
  }

  /** Searches a first time, however long it takes. */
  begin(): Promise<void> {
    return this.#after(this.#running);
  }

  /** What the last search found. */
  get found(): FoundRepositories {
    return this.#found;
  }

  /** Why repositories are not served that have the UUID of another; names no directories. */
  problems(): readonly string[] {
    return this.#found.twins.map(
      ({ passedOver }) =>
        `a repository is not served, as another has its UUID ${passedOver.uuid}; the log names both`,
    );
  }

  /**
   * Looks again. One search runs at a time, and answers all that asked before it began. Resolves
   * without an answer when its turn does not come soon.
   *
   * @throws what keeps it from looking everywhere, as descriptors that have run out.
   */
  async search(): Promise<void> {
    this.#next ??= this.#after(this.#running);
    const waited = new AbortController();
    try {
      await Promise.race([
        this.#next,
        // Whoever has the answer waits no longer.
        this.#clock.sleep(searchWaitMs, { isIdle: true, signal: waited.signal }),
      ]);
    } finally {
      waited.abort();
    }
  }

  /**
   * Begins a search when the last one is long ago: what is known may have changed, as which gateway
   * a node belongs to, and nobody asks for anything unknown.
   */
  refresh(): void {
    if (this.#clock.steadyMs() < this.#oldFromMs) return;
    this.#oldFromMs = Infinity;
    this.search().catch((error: unknown) => {
      this.#warn('the directories cannot be searched', error);
      this.#oldFromMs = this.#clock.steadyMs() + this.#ageMs;
    });
  }

  /** @throws when one of the directories cannot be read. */
  async assertReadable(): Promise<void> {
    for (const directory of this.#directories) await this.#disk.entries(directory, () => false);
  }

  async #after(previous: Promise<void>): Promise<void> {
    await previous;
    const startMs = this.#clock.steadyMs();
    const search = this.#search();
    this.#running = search
      .catch(() => undefined) // told to those who wait for it
      .then(() => {
        const tookMs = this.#clock.steadyMs() - startMs;
        this.#oldFromMs = this.#clock.steadyMs() + Math.max(this.#ageMs, tookMs * searchAgeFactor);
        const gapMs = Math.max(searchGapMs, tookMs * searchGapFactor);
        return this.#clock.sleep(gapMs, { isIdle: true });
      });
    this.#next = undefined;
    await search;
  }

  async #search(): Promise<void> {
    const places: RepositoryPlace[] = [];
    for (const directory of this.#directories) {
      const { places: found, isWhole } = await searchRepositories(directory, this.#disk);
      if (!isWhole) this.#tellOnce(directory, tooMuch);
      for (const place of found) {
        places.push(place.name === '' ? { ...place, name: basename(directory) } : place);
      }
    }
    const configs = new Map<string, KnownConfig>();
    const annexes = await this.#readAll(places, configs);
    const found = places.flatMap(({ name }, index): FoundPlace[] => {
      const annex = annexes[index];
      return annex === undefined ? [] : [{ name, ...annex }];
    });
    this.#apartFound ??= this.#apart && (await foundApart(this.#apart, this.#disk));
    const repositories = { watch: this.#twins, before: this.#found, apart: this.#apartFound };
    this.#found = new FoundRepositories(found, repositories);
    this.#configs = configs;
    for (const twin of this.#found.twins) this.#tellOfTwin(twin);
  }

  async #readAll(
    places: readonly RepositoryPlace[],
    configs: Map<string, KnownConfig>,
  ): Promise<readonly (FoundRepository | undefined)[]> {
    const annexes: (FoundRepository | undefined)[] = [];
    const left = places.entries();
    const reader = async (): Promise<void> => {
      for (const [index, place] of left) annexes[index] = await this.#read(place, configs);
    };
    await Promise.all(Array.from({ length: readersMax }, reader));
    return annexes;
  }

  async #read(
    place: RepositoryPlace,
    configs: Map<string, KnownConfig>,
  ): Promise<FoundRepository | undefined> {
    // A copy made of hard links shares the file with its original.
    const [version, identity] = await Promise.all([
      versionOf(place.configFile, this.#disk),
      directoryIdentity(place.directory, this.#disk),
    ]);
    const fileVersion = version === undefined ? undefined : `${version} ${identity}`;
    const known = this.#configs.get(place.directory);
    try {
      const isKnown = fileVersion !== undefined && known?.fileVersion === fileVersion;
      const annex = isKnown ? known.annex : await readPlaceAnnex(place, this.#disk, this.#system);
      if (fileVersion !== undefined) configs.set(place.directory, { fileVersion, annex });
      if (annex === undefined) return undefined;
      return { ...annex, directory: await this.#disk.realPath(place.directory) };
    } catch (error) {
      this.#tellOnce(place.directory, error);
      return undefined;
    }
  }

  #tellOfTwin({ passedOver, served }: Twin): void {
    const { directory, uuid } = passedOver;
    if (this.#told.has(passedOver.identity)) return;
    this.#told.add(passedOver.identity);
    const other = served?.directory ?? 'another one that was served before';
    this.#warn(
      `${directory} is not served`,
      `${other} has the UUID ${uuid}, too. Move the copy away or give it a UUID of its own ` +
        '(git annex reinit), and start again.',
    );
  }

  #tellOnce(directory: string, why: unknown): void {
    if (this.#told.has(directory) || this.#told.size >= searchFoundMax) return;
    this.#told.add(directory);
    this.#warn(`${directory} is not served, or not whole`, why);
  }
}

const tooMuch = `it holds more than ${searchFoundMax} repositories, ${searchEntriesMax} files, or lies too deep`;

/** Of what is served apart, all that matters is that nothing else is taken for it. */
async function foundApart(apart: ServedApart, disk: Disk): Promise<FoundRepository | undefined> {
  const { uuid, gitDirectory } = apart;
  const identity = await directoryIdentity(gitDirectory, disk);
  if (identity === undefined) return undefined;
  return { uuid, identity, directory: gitDirectory, mayProxy: false, localNodes: new Set() };
}

async function versionOf(file: string | undefined, disk: Disk): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    const status = await disk.status(file);
    return status && `${status.mtimeNs} ${status.size} ${status.ino}`;
  } catch {
    return undefined;
  }
}
