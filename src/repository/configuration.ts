import type { Configuration, RepositorySettings, TrustLevel } from '../placement/index.ts';
import { readLeadingNumber, type Uuid } from '../units/index.ts';
import type { AnnexBranch } from './annex-branch.ts';
import type { GitConfig } from './config/git-config.ts';
import { remoteUuid } from './config/remotes.ts';
import { parseClusterLog } from './logs/cluster-log.ts';
import { parseGroupLog } from './logs/group-log.ts';
import { parseGroupPreferredContentLog } from './logs/group-preferred-content-log.ts';
import { parseMaxsizeLog } from './logs/maxsize-log.ts';
import { parseNumcopiesLog } from './logs/numcopies-log.ts';
import { parsePreferredContentLog } from './logs/preferred-content-log.ts';
import { parseRemoteLog, remoteSettings } from './logs/remote-log.ts';
import { parseTrustLog } from './logs/trust-log.ts';
import { parseUuidLog } from './logs/uuid-log.ts';

/**
 * annex.fullybalancedthreshhold when it is not set or cannot be read (spec/expressions.md 12.5).
 */
const thresholdPercentDefault = 90;

/** The logs that a {@link Configuration} is made of. */
const configurationLogs = [
  'uuid.log',
  'trust.log',
  'group.log',
  'preferred-content.log',
  'required-content.log',
  'maxsize.log',
  'remote.log',
  'group-preferred-content.log',
  'numcopies.log',
  'mincopies.log',
  'cluster.log',
] as const;

type ConfigurationLog = (typeof configurationLogs)[number];

/**
 * What the git-annex branch and the git configuration say of all repositories now. Reads eleven
 * files; {@link LiveConfiguration} spares that while nothing has changed.
 *
 * @param inUse lines of remote.log, without UUID and stamp, that decide in place of those that the branch has by now
 * whether the copies of a special remote count: exporttree, versioning and type. All else of remote.log is as pushed.
 * Default: none.
 */
export async function readConfiguration(
  branch: AnnexBranch,
  gitConfig: GitConfig,
  inUse: ReadonlyMap<Uuid, string> = new Map(),
): Promise<Configuration> {
  return configurationOf(await readLogs(branch), gitConfig, inUse);
}

/** The settings of special remotes that are in use, where they need not be those that remote.log has now. */
export interface RemoteSettingsInUse {
  /** Changes whenever they do. */
  readonly version: () => Promise<string>;
  /** The settings by the UUID of the remote: lines as remote.log has them, without UUID and stamp. */
  readonly read: () => Promise<ReadonlyMap<Uuid, string>>;
}

/** The configuration of one repository, read again when the branch or its journal has changed. */
export class LiveConfiguration {
  readonly #branch: AnnexBranch;
  readonly #gitConfig: GitConfig;
  readonly #inUse: RemoteSettingsInUse | undefined;
  #version: string | undefined;
  #texts = '';
  #configuration: Configuration | undefined;

  /** @param inUse what decides whether the copies of a special remote count; default: remote.log. */
  constructor(branch: AnnexBranch, gitConfig: GitConfig, inUse?: RemoteSettingsInUse) {
    this.#branch = branch;
    this.#gitConfig = gitConfig;
    this.#inUse = inUse;
  }

  /** The configuration now: the same object as before when it is the same. */
  async current(): Promise<Configuration> {
    // Taken before reading: a change that comes meanwhile makes the next call read again.
    const settings = this.#settings();
    const version = `${await this.#branch.version()} ${settings} ${await this.#inUse?.version()}`;
    const known = this.#configuration;
    if (known !== undefined && version === this.#version) return known;
    const logs = await readLogs(this.#branch);
    const inUse = (await this.#inUse?.read()) ?? new Map<Uuid, string>();
    const texts = JSON.stringify([...logs, settings, [...inUse]]);
    // As it is by now: another call may have found a newer one while this one read.
    const newest = this.#configuration;
    const configuration =
      newest !== undefined && texts === this.#texts
        ? newest
        : configurationOf(logs, this.#gitConfig, inUse);
    this.#configuration = configuration;
    this.#texts = texts;
    this.#version = version;
    return configuration;
  }

  /** What the git config adds, as it was read last. */
  #settings(): string {
    const levels = [...trustLevels(this.#gitConfig)];
    return JSON.stringify([this.#gitConfig.get(thresholdSetting), levels]);
  }
}

const thresholdSetting = 'annex.fullybalancedthreshhold';

async function readLogs(branch: AnnexBranch): Promise<ReadonlyMap<ConfigurationLog, string>> {
  const texts = await Promise.all(
    configurationLogs.map(async (name) => [name, (await branch.read(name)) ?? ''] as const),
  );
  return new Map(texts);
}

function configurationOf(
  logs: ReadonlyMap<ConfigurationLog, string>,
  gitConfig: GitConfig,
  inUse: ReadonlyMap<Uuid, string>,
): Configuration {
  const log = (name: ConfigurationLog): string => logs.get(name) ?? '';
  return {
    repositories: repositoriesOf(log, trustLevels(gitConfig), inUse),
    groupwanted: parseGroupPreferredContentLog(log('group-preferred-content.log')),
    numcopies: parseNumcopiesLog(log('numcopies.log')),
    mincopies: parseNumcopiesLog(log('mincopies.log')),
    clusters: parseClusterLog(log('cluster.log')),
    fullyBalancedThresholdPercent:
      readLeadingNumber(gitConfig.get(thresholdSetting) ?? '')?.value ?? thresholdPercentDefault,
    rebalance: false,
  };
}

/** What `remote.NAME.annex-trustlevel` says, which overrides trust.log in this repository. */
function trustLevels(gitConfig: GitConfig): ReadonlyMap<Uuid, TrustLevel> {
  const levels = new Map<Uuid, TrustLevel>();
  for (const name of gitConfig.names()) {
    const remote = /^remote\.(.+)\.annex-trustlevel$/.exec(name)?.[1];
    if (remote === undefined) continue;
    const uuid = remoteUuid(remote, gitConfig);
    const level = trustLevelNames.find((level) => level === gitConfig.get(name));
    if (uuid !== undefined && level !== undefined) levels.set(uuid, level);
  }
  return levels;
}

const trustLevelNames: readonly TrustLevel[] = ['trusted', 'semitrusted', 'untrusted', 'dead'];

function repositoriesOf(
  log: (name: ConfigurationLog) => string,
  levels: ReadonlyMap<Uuid, TrustLevel>,
  inUse: ReadonlyMap<Uuid, string>,
): Map<Uuid, RepositorySettings> {
  const descriptions = parseUuidLog(log('uuid.log'));
  const trust = parseTrustLog(log('trust.log'));
  const groups = parseGroupLog(log('group.log'));
  const wanted = parsePreferredContentLog(log('preferred-content.log'));
  const required = parsePreferredContentLog(log('required-content.log'));
  const maxsizes = parseMaxsizeLog(log('maxsize.log'));
  const remotes = parseRemoteLog(log('remote.log'));
  const clusters = parseClusterLog(log('cluster.log'));
  const all = [descriptions, trust, levels, groups, wanted, required, maxsizes, remotes, clusters];
  const repositories = new Map<Uuid, RepositorySettings>();
  const used = new Map([...inUse].map(([uuid, line]) => [uuid, remoteSettings(line)]));
  for (const uuid of new Set(all.flatMap((known) => Array.from(known.keys())))) {
    repositories.set(uuid, {
      description: descriptions.get(uuid),
      trust: trustOf(levels.get(uuid) ?? trust.get(uuid), used.get(uuid) ?? remotes.get(uuid)),
      groups: groups.get(uuid) ?? [],
      wanted: wanted.get(uuid),
      required: required.get(uuid),
      maxsizeBytes: maxsizes.get(uuid),
      preferreddir: remotes.get(uuid)?.get('preferreddir'),
    });
  }
  return repositories;
}

/**
 * Files of an exported tree may be changed or removed by anybody who has the place: whatever is said of such a
 * remote, its copies count for nobody (spec/special-remotes.md section 8.3), but for one that keeps old versions, as
 * only S3 can.
 */
function trustOf(
  said: TrustLevel = 'semitrusted',
  settings?: ReadonlyMap<string, string>,
): TrustLevel {
  const hasVersions = settings?.get('type') === 'S3' && settings.get('versioning') === 'yes';
  const isExport = settings?.get('exporttree') === 'yes' && !hasVersions;
  return isExport && said !== 'dead' ? 'untrusted' : said;
}
