import { basename, dirname } from 'node:path';
import { access, constants, realpath, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { GitConfig, runGit } from '../repository/index.ts';
import { decodeText, parseUuid, type Uuid } from '../units/index.ts';
import type { Warn } from './node-work.ts';
import {
  searchEntriesMax,
  searchFoundMax,
  searchRepositories,
  type RepositoryPlace,
} from './repository-search.ts';

/** The least time between two searches, milliseconds. */
export const searchGapMs = 200;

/**
 * A search is followed by that many times its own length without one: a stranger who asks for
 * UUIDs that are nowhere keeps the disk busy for a fifth of the time at most.
 */
export const searchGapFactor = 4;

/** How long a request waits for a search before it is answered by what is known, milliseconds. */
export const searchWaitMs = 5_000;

/** Configurations read at once; each is a git process. */
const readersMax = 4;

/** A repository with an annex below one of the directories. */
export interface FoundRepository {
  readonly directory: string;
  readonly name: string;
  readonly uuid: Uuid;
  /** Whether its git config lets it be the gateway to anything. */
  readonly mayProxy: boolean;
}

interface KnownConfig {
  readonly fileVersion: string;
  readonly annex: Pick<FoundRepository, 'uuid' | 'mayProxy'> | undefined;
}

/** Knows the annexes below some directories, as of the last search. */
export class DirectoryIndex {
  readonly #directories: readonly string[];
  readonly #warn: Warn;
  readonly #except: Uuid | undefined;
  #byUuid: ReadonlyMap<Uuid, FoundRepository> = new Map();
  #byName: ReadonlyMap<string, FoundRepository> = new Map();
  /** By configuration file, so that a search reads only those that have changed. */
  #configs: ReadonlyMap<string, KnownConfig> = new Map();
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  readonly #told = new Set<string>();

  /** @param options.except a repository that is served apart from these. */
  constructor(
    directories: readonly string[],
    options: { readonly warn: Warn; readonly except?: Uuid | undefined },
  ) {
    this.#directories = directories;
    this.#warn = options.warn;
    this.#except = options.except;
  }

  /** Searches a first time, however long it takes. */
  begin(): Promise<void> {
    return this.#after(this.#running);
  }

  withUuid(uuid: Uuid): FoundRepository | undefined {
    return this.#byUuid.get(uuid);
  }

  /** Its path below its directory names it, with or without `.git` at the end. */
  withName(name: string): FoundRepository | undefined {
    return this.#byName.get(name);
  }

  /** Those that may be the gateway to others. */
  proxying(): readonly FoundRepository[] {
    return [...this.#byUuid.values()].filter(({ mayProxy }) => mayProxy);
  }

  get count(): number {
    return this.#byUuid.size;
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
        setTimeout(searchWaitMs, undefined, { ref: false, signal: waited.signal }),
      ]);
    } finally {
      waited.abort();
    }
  }

  /** @throws when one of the directories cannot be read. */
  async assertReadable(): Promise<void> {
    for (const directory of this.#directories) await access(directory, constants.R_OK);
  }

  async #after(previous: Promise<void>): Promise<void> {
    await previous;
    const startMs = performance.now();
    const search = this.#search();
    this.#running = search
      .catch(() => undefined) // told to those who wait for it
      .then(() => {
        const tookMs = performance.now() - startMs;
        const gapMs = Math.max(searchGapMs, tookMs * searchGapFactor);
        return setTimeout(gapMs, undefined, { ref: false });
      });
    this.#next = undefined;
    await search;
  }

  async #search(): Promise<void> {
    const places: RepositoryPlace[] = [];
    for (const directory of this.#directories) {
      const { places: found, isWhole } = await searchRepositories(directory);
      if (!isWhole) this.#tellOnce(directory, tooMuch);
      for (const place of found) {
        places.push(place.name === '' ? { ...place, name: basename(directory) } : place);
      }
    }
    const configs = new Map<string, KnownConfig>();
    const annexes = await this.#readAll(places, configs);
    const byUuid = new Map<Uuid, FoundRepository>();
    const byName = new Map<string, FoundRepository>();
    for (const [index, { directory, name }] of places.entries()) {
      const annex = annexes[index];
      if (annex === undefined || annex.uuid === this.#except) continue;
      const found = { directory, name, ...annex };
      // Several working trees of one repository have one UUID; the first stands for them.
      if (!byUuid.has(found.uuid)) byUuid.set(found.uuid, found);
      if (!byName.has(name)) byName.set(name, found);
    }
    for (const [name, found] of byName) {
      const short = name.replace(/\.git$/, '');
      if (!byName.has(short)) byName.set(short, found);
    }
    this.#byUuid = byUuid;
    this.#byName = byName;
    this.#configs = configs;
  }

  async #readAll(
    places: readonly RepositoryPlace[],
    configs: Map<string, KnownConfig>,
  ): Promise<readonly KnownConfig['annex'][]> {
    const annexes: KnownConfig['annex'][] = [];
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
  ): Promise<KnownConfig['annex']> {
    const fileVersion = await versionOf(place.configFile);
    const known = this.#configs.get(place.directory);
    if (known !== undefined && fileVersion !== undefined && known.fileVersion === fileVersion) {
      configs.set(place.directory, known);
      return known.annex;
    }
    try {
      const annex = (await isRepository(place))
        ? annexOf(await GitConfig.read(place.directory))
        : undefined;
      if (fileVersion !== undefined) configs.set(place.directory, { fileVersion, annex });
      return annex;
    } catch (error) {
      this.#tellOnce(place.directory, error);
      return undefined;
    }
  }

  #tellOnce(directory: string, why: unknown): void {
    if (this.#told.has(directory) || this.#told.size >= searchFoundMax) return;
    this.#told.add(directory);
    this.#warn(`${directory} is not served, or not whole`, why);
  }
}

const tooMuch = `it holds more than ${searchFoundMax} repositories, ${searchEntriesMax} files, or lies too deep`;

/**
 * Whether git takes this place for a repository. Where it does not, it looks further up, and a
 * repository around the directory must not be served for one in it.
 *
 * @throws GitError when git does not want to, as in a repository that belongs to somebody else.
 */
async function isRepository({ directory, configFile }: RepositoryPlace): Promise<boolean> {
  if (configFile === undefined) return true;
  const [answer, expected] = await Promise.all([
    runGit(['rev-parse', '--absolute-git-dir'], { directory }),
    realpath(dirname(configFile)),
  ]);
  return (await realpath(decodeText(answer).trimEnd())) === expected;
}

function annexOf(config: GitConfig): KnownConfig['annex'] {
  const uuid = parseUuid(config.get('annex.uuid') ?? '');
  if (uuid === undefined) return undefined;
  const proxies = /^(?:annex\.cluster\.[^.]+|remote\..+\.(?:annex-proxy|annex-cluster-node))$/;
  return { uuid, mayProxy: [...config.names()].some((name) => proxies.test(name)) };
}

async function versionOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const status = await stat(file, { bigint: true }).catch(() => undefined);
  return status === undefined ? undefined : `${status.mtimeNs} ${status.size} ${status.ino}`;
}
