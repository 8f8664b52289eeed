import type { Disk, GitConfig } from '../repository/index.ts';

/**
 * How old settings may be when the repository's own file has not changed, milliseconds: files that
 * it includes, and the user's, are not watched.
 */
const ageMsMax = 10_000;

class MissingConfigError extends Error {
  readonly code = 'ENOENT';

  constructor() {
    super('the repository has no git config any more');
  }
}

/** A repository's git config, read again when its file has changed, and now and then. */
export class GitSettings {
  readonly config: GitConfig;
  readonly #file: string;
  readonly #disk: Disk;
  #fileVersion: string | undefined;
  #readAtMs = 0;
  #version = 0;
  #reading: Promise<void> | undefined;

  constructor(config: GitConfig, gitDirectory: string, disk: Disk) {
    this.#disk = disk;
    this.config = config;
    this.#file = `${gitDirectory}/config`;
  }

  /** Looks at the file; what this returns changes whenever the settings have been read again. */
  async refresh(): Promise<number> {
    const status = await this.#disk.status(this.#file);
    if (status === undefined) throw new MissingConfigError();
    const fileVersion = `${status.mtimeNs} ${status.size} ${status.ino}`;
    const isOld = performance.now() - this.#readAtMs > ageMsMax;
    if (fileVersion !== this.#fileVersion || isOld) {
      this.#reading ??= this.#read(fileVersion).finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#version;
  }

  /** Names of the remotes. */
  remotes(): string[] {
    return this.#named(/^remote\.(.+)\.[^.]+$/);
  }

  /** Names of the clusters that `annex.cluster.NAME` gives a UUID, in lower case. */
  clusters(): string[] {
    return this.#named(/^annex\.cluster\.([^.]+)$/);
  }

  /** Names, in lower case, of clusters that refuse what no node wants. */
  refusingClusters(): string[] {
    return this.#named(/^annex\.cluster\.(.+)\.unwanted$/)
      .filter((name) => this.config.get(`annex.cluster.${name}.unwanted`) === 'refuse')
      .map((name) => name.toLowerCase());
  }

  async #read(fileVersion: string): Promise<void> {
    await this.config.reload();
    this.#fileVersion = fileVersion;
    this.#readAtMs = performance.now();
    this.#version += 1;
  }

  #named(pattern: RegExp): string[] {
    const names = [...this.config.names()].map((name) => pattern.exec(name)?.[1]);
    return [...new Set(names.filter((name) => name !== undefined))];
  }
}
