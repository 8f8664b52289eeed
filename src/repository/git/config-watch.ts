import type { Disk } from '../files/disk.ts';
import type { GitConfig } from './git-config.ts';

/**
 * Keeps a repository's git config up to date with its file, which people and git-annex change while
 * it is served. Files that it includes, and the user's, are not looked at.
 */
export class ConfigWatch {
  readonly #config: GitConfig;
  readonly #file: string;
  readonly #disk: Disk;
  /** The state of the file that was read last. At first nobody knows which one that was. */
  #known = '';
  #reading: Promise<void> | undefined;

  constructor(config: GitConfig, gitDirectory: string, disk: Disk) {
    this.#config = config;
    this.#file = `${gitDirectory}/config`;
    this.#disk = disk;
  }

  /** The config as of now. Cost: a look at the file, and a process of git's when it has changed. */
  async current(): Promise<GitConfig> {
    const status = await this.#disk.status(this.#file);
    // git never writes into the file: it puts another one in its place.
    const there = `${status?.mtimeNs} ${status?.size} ${status?.ino}`;
    while (this.#known !== there) {
      // One that is under way may have begun before the file was what it is now.
      this.#reading ??= this.#read(there).finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#config;
  }

  async #read(there: string): Promise<void> {
    await this.#config.reload();
    this.#known = there;
  }
}
