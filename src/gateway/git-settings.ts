import { stat } from 'node:fs/promises';
import type { GitConfig } from '../repository/index.ts';

/** A repository's git config, read again when its file has changed. */
export class GitSettings {
  readonly config: GitConfig;
  readonly #file: string;
  #version: string | undefined;

  constructor(config: GitConfig, gitDirectory: string) {
    this.config = config;
    this.#file = `${gitDirectory}/config`;
  }

  /** Looks at the file; what this returns changes whenever the settings may have. */
  async refresh(): Promise<string> {
    const { mtimeNs, size, ino } = await stat(this.#file, { bigint: true });
    const version = `${mtimeNs} ${size} ${ino}`;
    if (version !== this.#version) {
      await this.config.reload();
      this.#version = version;
    }
    return version;
  }

  /** Names of the remotes. */
  remotes(): string[] {
    return this.#named(/^remote\.(.+)\.[^.]+$/);
  }

  /** Names of the clusters that `annex.cluster.NAME` gives a UUID. */
  clusters(): string[] {
    return this.#named(/^annex\.cluster\.([^.]+)$/);
  }

  #named(pattern: RegExp): string[] {
    const names = [...this.config.names()].map((name) => pattern.exec(name)?.[1]);
    return [...new Set(names.filter((name) => name !== undefined))];
  }
}
