import {
  parseClusterLog,
  parseProxyLog,
  parseTrustLog,
  type Repository,
} from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { GitSettings } from './git-settings.ts';
import type { TopologySources } from './topology.ts';

/** What a gateway's branch and git config say of what it serves, whoever changed them. */
export class LiveTopology {
  readonly #repository: Repository;
  readonly #settings: GitSettings;
  readonly #changed: (sources: TopologySources) => void;
  #sources: TopologySources | undefined;
  #sourcesVersion: string | undefined;

  /** @param changed told of what is read, whenever it may be another than before. */
  constructor(
    repository: Repository,
    settings: GitSettings,
    changed: (sources: TopologySources) => void = () => undefined,
  ) {
    this.#repository = repository;
    this.#settings = settings;
    this.#changed = changed;
  }

  /** As of now; read again only when something has changed. */
  async current(): Promise<TopologySources> {
    const { branch, config, uuid } = this.#repository;
    const version = `${await this.#settings.refresh()} ${await branch.version()}`;
    if (this.#sources !== undefined && this.#sourcesVersion === version) return this.#sources;
    const [proxyLog, clusterLog, trustLog] = await Promise.all([
      branch.read('proxy.log'),
      branch.read('cluster.log'),
      branch.read('trust.log'),
    ]);
    const proxies = parseProxyLog(proxyLog ?? '');
    const proxied = proxies.get(uuid) ?? [];
    const sources = {
      proxied: new Map(proxied.map((remote) => [remote.uuid, remote.name])),
      gateways: new Set(proxies.keys()),
      elsewhere: elsewhereOf(proxies, uuid),
      dead: deadOf(trustLog ?? ''),
      clusterNodes: parseClusterLog(clusterLog ?? ''),
      config,
      remotes: this.#settings.remotes(),
      clusters: this.#settings.clusters(),
      refusing: this.#settings.refusingClusters(),
    };
    this.#sources = sources;
    this.#sourcesVersion = version;
    this.#changed(sources);
    return sources;
  }
}

function elsewhereOf(
  proxies: ReadonlyMap<Uuid, readonly { readonly uuid: Uuid }[]>,
  here: Uuid,
): ReadonlyMap<Uuid, readonly Uuid[]> {
  const elsewhere = new Map<Uuid, Uuid[]>();
  for (const [gateway, remotes] of proxies) {
    if (gateway === here) continue;
    for (const { uuid } of remotes) {
      const known = elsewhere.get(uuid);
      if (known === undefined) elsewhere.set(uuid, [gateway]);
      else known.push(gateway);
    }
  }
  return elsewhere;
}

function deadOf(trustLog: string): ReadonlySet<Uuid> {
  const levels = [...parseTrustLog(trustLog)];
  return new Set(levels.flatMap(([uuid, level]) => (level === 'dead' ? [uuid] : [])));
}
