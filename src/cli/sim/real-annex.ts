import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serializeKey } from '../../key/index.ts';
import { noSettings, plain, type Configuration } from '../../placement/index.ts';
import {
  AnnexBranch,
  annexedFiles,
  branchRef,
  GitConfig,
  isLocationLogPath,
  keyOfLocationLog,
  parseProxyLog,
  parseRemoteLog,
  presentIn,
  readConfiguration,
  runGit,
  type ProxiedRemote,
} from '../../repository/index.ts';
import type {
  RealAnnex,
  RealCluster,
  RealContent,
  RealRepository,
} from '../../simulation/index.ts';
import { decodeText, isClusterUuid, parseUuid, type Uuid } from '../../units/index.ts';
import { UserError } from '../errors.ts';
import { unreadable } from '../unreadable.ts';

/** Special remotes that every annex has, and no log names. */
const builtIn: ReadonlyMap<string, string> = new Map([
  ['00000000-0000-0000-0000-000000000001', 'web'],
  ['00000000-0000-0000-0000-000000000002', 'bittorrent'],
]);

/** Local repositories that are looked into for their remotes. */
const visitedMax = 200;

interface Remote {
  readonly name: string;
  readonly uuid: Uuid;
}

/** A real annex, read for being simulated. Nothing is written to it. */
export class RealAnnexReader {
  readonly #directory: string;
  readonly #branch: AnnexBranch;
  readonly #config: GitConfig;
  readonly #here: Uuid;

  private constructor(directory: string, branch: AnnexBranch, config: GitConfig, here: Uuid) {
    this.#directory = directory;
    this.#branch = branch;
    this.#config = config;
    this.#here = here;
  }

  /** @throws UserError, or GitError when there is no git repository. */
  static async open(directory: string): Promise<RealAnnexReader> {
    await access(directory).catch((error: unknown) => {
      throw unreadable(directory, error);
    });
    const top = decodeText(await runGit(['rev-parse', '--absolute-git-dir'], { directory }));
    const config = await GitConfig.read(directory);
    const here = parseUuid(config.get('annex.uuid') ?? '');
    if (here === undefined) {
      throw new UserError(`${directory} is no git-annex repository; run "git annex init" in it.`);
    }
    const branch = await AnnexBranch.open(top.replace(/\n$/, ''));
    return new RealAnnexReader(resolve(directory), branch, config, here);
  }

  async close(): Promise<void> {
    await this.#branch.close();
  }

  /** Its files, in the order of their names. */
  files(): ReturnType<typeof annexedFiles> {
    return annexedFiles(this.#directory);
  }

  /** Its contents by their location logs, as the branch and its journal have them. */
  async *contents(fileOf: (keyText: string) => string | undefined): AsyncGenerator<RealContent> {
    const journal = (await this.#branch.journalPaths()).filter(isLocationLogPath);
    const pending = new Set(journal);
    const tip = await this.#branch.tip();
    if (tip !== undefined) {
      const isWanted = (path: string): boolean => isLocationLogPath(path) && !pending.has(path);
      for await (const { path, text } of this.#branch.scan(tip, isWanted)) {
        yield* contentOf(path, text, fileOf);
      }
    }
    for (const path of journal) {
      yield* contentOf(path, (await this.#branch.read(path)) ?? '', fileOf);
    }
  }

  /** Everything but its contents. */
  async facts(): Promise<RealAnnex> {
    const configuration = await readConfiguration(this.#branch, this.#config);
    const specialRemotes = parseRemoteLog((await this.#branch.read('remote.log')) ?? '');
    const proxies = parseProxyLog((await this.#branch.read('proxy.log')) ?? '');
    const remotes = await this.#remotes();
    const ownRemotes = new Map(remotes.get(this.#here)?.map(({ uuid, name }) => [uuid, name]));
    const repositories = repositoriesOf({
      uuids: [this.#here, ...configuration.repositories.keys(), ...ownRemotes.keys()],
      configuration,
      specialRemotes,
      ownRemotes,
    });
    const known = new Set(repositories.map(({ uuid }) => uuid));
    const special = new Set(
      repositories.filter(({ isSpecialRemote }) => isSpecialRemote).map(({ uuid }) => uuid),
    );
    const inClusters = new Set([...configuration.clusters.values()].flat());
    const direct = [...remotes].flatMap(([from, targets]) =>
      targets.map(({ uuid: to }) => ({ from, to })),
    );
    // Clients of a gateway reach what it gives access to; the nodes of a cluster by names of their own.
    const proxied = [...proxies].flatMap(([gateway, targets]) => {
      const others = targets.filter(({ uuid }) => !inClusters.has(uuid));
      return connectionsOf([gateway], targets).concat(
        connectionsOf(clientsOf(gateway, remotes), others),
      );
    });
    return {
      source: `From the annex ${plain(this.#directory)}`,
      notes: await this.#notes(),
      repositories,
      clusters: clustersOf(configuration, proxies, remotes),
      groupwanted: configuration.groupwanted,
      numcopies: configuration.numcopies,
      mincopies: configuration.mincopies,
      connections: distinct([...direct, ...proxied]).filter(
        ({ from, to }) => from !== to && known.has(from) && known.has(to) && !special.has(from),
      ),
      unknownRemotes: [...known].filter(
        (uuid) => !remotes.has(uuid) && !proxies.has(uuid) && !special.has(uuid),
      ),
    };
  }

  /** What others have told and this repository has not taken in. */
  async #notes(): Promise<readonly string[]> {
    if ((await this.#branch.tip()) === undefined) return [];
    const unmerged = decodeText(
      await runGit(
        [
          'for-each-ref',
          '--format=%(refname:short)',
          `--no-merged=${branchRef}`,
          'refs/remotes/**/git-annex',
          'refs/heads/synced/git-annex',
        ],
        { directory: this.#directory },
      ),
    );
    return unmerged
      .split('\n')
      .filter((name) => name !== '')
      .map((name) => `${name} is not merged, and not in here: "git annex merge" does it`);
  }

  /** The remotes of this repository, and of those that can be reached from it by local paths. */
  async #remotes(): Promise<ReadonlyMap<Uuid, readonly Remote[]>> {
    const found = new Map<Uuid, readonly Remote[]>();
    const waiting = [{ config: this.#config, directory: this.#directory, uuid: this.#here }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { config, directory, uuid } = next;
      if (found.has(uuid) || found.size >= visitedMax) continue;
      const remotes = remotesIn(config);
      found.set(uuid, remotes);
      for (const remote of remotes) {
        const path = localPath(config.get(`remote.${remote.name}.url`) ?? '', directory);
        const other = path === undefined ? undefined : await configOf(path);
        // Another repository may be there by now.
        if (path === undefined || other?.get('annex.uuid') !== remote.uuid) continue;
        waiting.push({ config: other, directory: path, uuid: remote.uuid });
      }
    }
    return found;
  }
}

function* contentOf(
  path: string,
  log: string,
  fileOf: (keyText: string) => string | undefined,
): Generator<RealContent> {
  const key = keyOfLocationLog(path);
  if (key === undefined) return;
  const keyText = serializeKey(key);
  const holders = presentIn(log).filter((uuid) => !isClusterUuid(uuid));
  yield { key, keyText, file: fileOf(keyText), holders };
}

function repositoriesOf({
  uuids,
  configuration,
  specialRemotes,
  ownRemotes,
}: {
  readonly uuids: readonly Uuid[];
  readonly configuration: Configuration;
  readonly specialRemotes: ReturnType<typeof parseRemoteLog>;
  readonly ownRemotes: ReadonlyMap<Uuid, string>;
}): readonly RealRepository[] {
  const repositories = [...new Set(uuids)].filter((uuid) => !isClusterUuid(uuid));
  return repositories.map((uuid) => {
    const settings = configuration.repositories.get(uuid) ?? noSettings;
    const { trust, groups, wanted, required, maxsizeBytes, description } = settings;
    const special = specialRemotes.get(uuid);
    const type = special?.get('type');
    const calledBy = [
      ownRemotes.get(uuid),
      special?.get('name') ?? special?.get('sameas-name') ?? builtIn.get(uuid),
      description,
    ].filter((name) => name !== undefined && name !== '');
    return {
      uuid,
      calledBy: calledBy.map((name) => name ?? ''),
      isSpecialRemote: builtIn.has(uuid) || (type !== undefined && type !== 'git'),
      trust,
      groups,
      wanted,
      required,
      maxsizeBytes,
    };
  });
}

function clustersOf(
  { clusters }: Configuration,
  proxies: ReadonlyMap<Uuid, readonly ProxiedRemote[]>,
  remotes: ReadonlyMap<Uuid, readonly Remote[]>,
): readonly RealCluster[] {
  return [...clusters].map(([cluster, nodes]) => {
    const gateways = [...proxies].filter(([, targets]) =>
      targets.some(({ uuid }) => uuid === cluster),
    );
    const names = gateways.flatMap(([, targets]) =>
      targets.filter(({ uuid }) => uuid === cluster).map(({ name }) => name),
    );
    const clients = gateways.flatMap(([gateway]) => clientsOf(gateway, remotes));
    return { calledBy: names, nodes, clients: [...new Set(clients)] };
  });
}

function clientsOf(gateway: Uuid, remotes: ReadonlyMap<Uuid, readonly Remote[]>): readonly Uuid[] {
  return [...remotes]
    .filter(([uuid, targets]) => uuid !== gateway && targets.some((each) => each.uuid === gateway))
    .map(([uuid]) => uuid);
}

function remotesIn(config: GitConfig): readonly Remote[] {
  return [...config.names()].flatMap((setting) => {
    const [, name = ''] = /^remote\.(.+)\.annex-uuid$/s.exec(setting) ?? [];
    const uuid = parseUuid(config.get(setting) ?? '');
    if (name === '' || uuid === undefined) return [];
    return config.getBoolean(`remote.${name}.annex-ignore`) === true ? [] : [{ name, uuid }];
  });
}

/** Where a remote is on this machine; `undefined` for one that is elsewhere. */
function localPath(url: string, directory: string): string | undefined {
  if (url.startsWith('file://')) {
    try {
      return fileURLToPath(url);
    } catch {
      return undefined;
    }
  }
  // As git has it, a colon before the first slash is the end of a host's name.
  return url === '' || /^[^/]*:/.test(url) ? undefined : resolve(directory, url);
}

async function configOf(directory: string): Promise<GitConfig | undefined> {
  try {
    return await GitConfig.read(directory);
  } catch {
    // A remote need not be there, or be ours to read; then its remotes are not known.
    return undefined;
  }
}

function connectionsOf(
  from: readonly Uuid[],
  targets: readonly { readonly uuid: Uuid }[],
): { readonly from: Uuid; readonly to: Uuid }[] {
  return from.flatMap((each) => targets.map(({ uuid }) => ({ from: each, to: uuid })));
}

function distinct(
  connections: readonly { readonly from: Uuid; readonly to: Uuid }[],
): readonly { readonly from: Uuid; readonly to: Uuid }[] {
  const byText = new Map(connections.map((each) => [`${each.from} ${each.to}`, each]));
  return [...byText.values()];
}
