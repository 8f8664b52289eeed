import { parseClusterLog, parseProxyLog, type Repository } from '../repository/index.ts';
import type { GitSettings } from './git-settings.ts';
import type { TopologySources } from './topology.ts';

/** What a gateway's branch and git config say of what it serves, whoever changed them. */
export class LiveTopology {
  readonly #repository: Repository;
  readonly #settings: GitSettings;
  #sources: TopologySources | undefined;
  #sourcesVersion: string | undefined;

  constructor(repository: Repository, settings: GitSettings) {
    this.#repository = repository;
    this.#settings = settings;
  }

  /** As of now; read again only when something has changed. */
  async current(): Promise<TopologySources> {
    const { branch, config, uuid } = this.#repository;
    const version = `${await this.#settings.refresh()} ${await branch.version()}`;
    if (this.#sources !== undefined && this.#sourcesVersion === version) return this.#sources;
    const [proxyLog, clusterLog] = await Promise.all([
      branch.read('proxy.log'),
      branch.read('cluster.log'),
    ]);
    const proxies = parseProxyLog(proxyLog ?? '');
    const proxied = proxies.get(uuid) ?? [];
    const sources = {
      proxied: new Map(proxied.map((remote) => [remote.uuid, remote.name])),
      gateways: new Set(proxies.keys()),
      clusterNodes: parseClusterLog(clusterLog ?? ''),
      config,
      remotes: this.#settings.remotes(),
      clusters: this.#settings.clusters(),
      refusing: this.#settings.refusingClusters(),
    };
    this.#sources = sources;
    this.#sourcesVersion = version;
    return sources;
  }
}
