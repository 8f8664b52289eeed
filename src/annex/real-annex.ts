import { noSettings, type Configuration } from '../placement/index.ts';
import { branchRef, type parseRemoteLog } from '../repository/index.ts';
import type { RealAnnex, ImportedRepository } from '../simulation/index.ts';
import { isClusterUuid, plain, type Uuid } from '../units/index.ts';
import type { OpenAnnex } from './annex.ts';
import { readProxies } from './branch-facts.ts';
import { networkOf } from './network.ts';
import { remotesFrom } from './remotes.ts';
import { builtInRemotes, isSpecialRemote } from './special-remotes.ts';

/** Everything of an annex but its contents, for being simulated. */
export async function readRealAnnex(annex: OpenAnnex): Promise<RealAnnex> {
  const configuration = await annex.configuration();
  const specialRemotes = await annex.specialRemotes();
  const proxies = await readProxies(annex.branch);
  const { config, directory } = annex;
  const uuid = annex.requireUuid();
  const remotes = await remotesFrom({ config, directory, uuid });
  const ownRemotes = new Map(remotes.get(uuid)?.map((remote) => [remote.uuid, remote.name]));
  const uuids = [
    uuid,
    ...configuration.repositories.keys(),
    ...ownRemotes.keys(),
    ...[...configuration.clusters.values()].flat(),
  ];
  const repositories = repositoriesOf({ uuids, configuration, specialRemotes, ownRemotes });
  return {
    source: `From the annex ${plain(directory)}`,
    notes: await unmergedIn(annex),
    repositories,
    groupwanted: configuration.groupwanted,
    numcopies: configuration.numcopies,
    mincopies: configuration.mincopies,
    ...networkOf(repositories, { configuration, proxies, remotes }),
  };
}

/** What others have told and this repository has not taken in. */
async function unmergedIn({ branch }: OpenAnnex): Promise<readonly string[]> {
  if ((await branch.tip()) === undefined) return [];
  const others = ['refs/remotes/**/git-annex', 'refs/heads/synced/git-annex'];
  const unmerged = await branch.refs.unmerged(others, branchRef);
  return unmerged
    .map(({ name }) => name.replace(/^refs\/(?:remotes|heads)\//, ''))
    .map((name) => `${name} is not merged, and not in here: "git annex merge" does it`);
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
}): readonly ImportedRepository[] {
  const repositories = [...new Set(uuids)].filter((uuid) => !isClusterUuid(uuid));
  return repositories.map((uuid) => {
    const settings = configuration.repositories.get(uuid) ?? noSettings;
    const { trust, groups, wanted, required, maxsizeBytes, description } = settings;
    const special = specialRemotes.get(uuid);
    const calledBy = [
      ownRemotes.get(uuid),
      special?.get('name') ?? special?.get('sameas-name') ?? builtInRemotes.get(uuid),
      description,
    ].flatMap((name) => (name === undefined || name === '' ? [] : name));
    return {
      uuid,
      calledBy,
      isSpecialRemote: isSpecialRemote(uuid, specialRemotes),
      trust,
      groups,
      wanted,
      required,
      maxsizeBytes,
    };
  });
}
