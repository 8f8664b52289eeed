import { remoteNames, type ConfigWatch, type GitConfig } from '../../repository/index.ts';

/** What a gateway's git config says of what it serves. */
export class GitSettings {
  readonly config: GitConfig;
  readonly #watch: ConfigWatch;

  constructor(watch: ConfigWatch) {
    this.config = watch.config;
    this.#watch = watch;
  }

  /** Brings it up to date; what this returns changes whenever the settings have been read again. */
  async refresh(): Promise<number> {
    return await this.#watch.current();
  }

  /** Names of the remotes. */
  remotes(): string[] {
    return remoteNames(this.config);
  }

  /** Names of the clusters that `annex.cluster.NAME` gives a UUID, in lower case. */
  clusters(): string[] {
    return clustersIn(this.config);
  }

  /** Names, in lower case, of clusters that refuse what no node wants. */
  refusingClusters(): string[] {
    return named(this.config, /^annex\.cluster\.(.+)\.unwanted$/)
      .filter((name) => this.config.get(`annex.cluster.${name}.unwanted`) === 'refuse')
      .map((name) => name.toLowerCase());
  }
}

/** Names of the clusters that a git config gives a UUID by `annex.cluster.NAME`, in lower case. */
export function clustersIn(config: GitConfig): string[] {
  return named(config, /^annex\.cluster\.([^.]+)$/);
}

function named(config: GitConfig, pattern: RegExp): string[] {
  const names = [...config.names()].map((name) => pattern.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}
