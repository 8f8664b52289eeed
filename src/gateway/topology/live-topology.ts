import { readProxies } from '../../annex/index.ts';
import type { Configuration } from '../../placement/index.ts';
import type { Repository } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { GitSettings } from './git-settings.ts';
import type { ApprovedRemotes } from './special-remotes.ts';
import type { TopologySources } from './topology.ts';

/** What a gateway's branch and git config say of what it serves, whoever changed them. */
export class LiveTopology {
  readonly #repository: Repository;
  readonly #settings: GitSettings;
  readonly #configuration: () => Promise<Configuration>;
  readonly #approved: ApprovedRemotes;
  readonly #changed: (sources: TopologySources) => void;
  #sources: TopologySources | undefined;
  #sourcesVersion: string | undefined;

  /**
   * @param from.configuration what branch and git config say of all repositories as of now.
   * @param from.approved what its special remotes are.
   * @param from.changed told of what is read, whenever it may be another than before. Default: nobody is.
   */
  constructor(
    repository: Repository,
    settings: GitSettings,
    from: {
      readonly configuration: () => Promise<Configuration>;
      readonly approved: ApprovedRemotes;
      readonly changed?: (sources: TopologySources) => void;
    },
  ) {
    this.#repository = repository;
    this.#settings = settings;
    this.#configuration = from.configuration;
    this.#approved = from.approved;
    this.#changed = from.changed ?? (() => undefined);
  }

  /** As of now; read again only when something has changed. */
  async current(): Promise<TopologySources> {
    const { branch, config, uuid } = this.#repository;
    const refreshed = await this.#settings.refresh();
    const version = `${refreshed} ${await branch.version()} ${await this.#approved.version()}`;
    if (this.#sources !== undefined && this.#sourcesVersion === version) return this.#sources;
    const remotes = this.#settings.remotes();
    const [proxies, { repositories, clusters }, specials] = await Promise.all([
      readProxies(branch),
      this.#configuration(),
      this.#approved.read(remotes, config),
    ]);
    const proxied = proxies.get(uuid) ?? [];
    const sources = {
      proxied: new Map(proxied.map((remote) => [remote.uuid, remote.name])),
      gateways: new Set(proxies.keys()),
      elsewhere: elsewhereOf(proxies, uuid),
      dead: deadOf(repositories),
      clusterNodes: clusters,
      config,
      remotes,
      ...specials,
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

function deadOf(repositories: Configuration['repositories']): ReadonlySet<Uuid> {
  return new Set(
    [...repositories].flatMap(([uuid, { trust }]) => (trust === 'dead' ? [uuid] : [])),
  );
}
