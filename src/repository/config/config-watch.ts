import type { Clock } from '../../clock/index.ts';
import type { Disk } from '../files/disk.ts';
import type { Configurations } from './configurations.ts';
import { GitConfig } from './git-config.ts';

/**
 * How old a config may be when the repository's own file has not changed, milliseconds: files that it
 * includes, and the user's, are not watched.
 */
const ageMsMax = 10_000;

/**
 * Keeps a repository's git config up to date with its file, which people and git-annex change while
 * it is served. One for a repository: of two readings at a time the older could end last.
 */
export class ConfigWatch {
  /** As of the last {@link ConfigWatch.current}. */
  readonly config: GitConfig;
  readonly #file: string;
  readonly #disk: Disk;
  readonly #clock: Clock;
  /** The state of the file that was read last; none when it is to be read in any case. */
  #known: string | undefined;
  #readAtMs: number;
  #version = 0;
  #reading: Promise<void> | undefined;

  private constructor(config: GitConfig, read: ReadConfig) {
    this.config = config;
    this.#file = read.file;
    this.#disk = read.disk;
    this.#clock = read.clock;
    this.#known = read.state;
    this.#readAtMs = read.atMs;
  }

  /**
   * Reads the config of the repository in a directory.
   */
  static async open(
    directory: string,
    place: {
      readonly gitDirectory: string;
      readonly disk: Disk;
      readonly clock: Clock;
      readonly configurations: Configurations;
    },
  ): Promise<ConfigWatch> {
    const { disk, clock, configurations } = place;
    const file = `${place.gitDirectory}/config`;
    const atMs = clock.steadyMs();
    // Looked at first: what changes while git reads is read again.
    const state = await stateOf(file, disk);
    const config = await GitConfig.read(directory, configurations);
    return new ConfigWatch(config, { file, disk, clock, state, atMs });
  }

  /**
   * Brings the config up to date; what this returns changes whenever it has been read again. Cost: a
   * look at the file, and a process of git's when it has changed, or ten seconds are over.
   *
   * @throws Error; GitError when it cannot be read.
   */
  async current(): Promise<number> {
    const state = await stateOf(this.#file, this.#disk);
    if (state === undefined) throw new Error('the repository has no git config any more');
    if (this.#clock.steadyMs() - this.#readAtMs > ageMsMax) this.#known = undefined;
    while (this.#known !== state) {
      // One that is under way may have begun before the file was what it is now.
      this.#reading ??= this.#read(state).finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#version;
  }

  async #read(state: string): Promise<void> {
    const atMs = this.#clock.steadyMs();
    await this.config.reload();
    this.#known = state;
    this.#readAtMs = atMs;
    this.#version += 1;
  }
}

interface ReadConfig {
  readonly file: string;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly state: string | undefined;
  readonly atMs: number;
}

/** git never writes into the file: it puts another one in its place. */
async function stateOf(file: string, disk: Disk): Promise<string | undefined> {
  const status = await disk.status(file);
  return status && `${status.mtimeNs} ${status.size} ${status.ino}`;
}
