import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { serializeKey } from '../../key/index.ts';
import { noSettings, plain, type Configuration } from '../../placement/index.ts';
import {
  AnnexBranch,
  annexedFileBatches,
  attributeCopies,
  branchRef,
  GitConfig,
  GitError,
  isLocationLogPath,
  keyOfLocationLog,
  parseProxyLog,
  parseRemoteLog,
  presentIn,
  readConfiguration,
  runGit,
} from '../../repository/index.ts';
import type { RealAnnex, RealContent, RealRepository } from '../../simulation/index.ts';
import { decodeText, isClusterUuid, isErrorCode, parseUuid, type Uuid } from '../../units/index.ts';
import { UserError } from '../errors.ts';
import { unreadable } from '../words/unreadable.ts';
import {
  ContentLogs,
  fieldsIn,
  locationLogBeside,
  metadataEnd,
  type ContentLog,
} from './content-logs.ts';
import { networkOf } from './real-network.ts';
import { remotesFrom } from './real-remotes.ts';

/** Special remotes that every annex has, and no log names. */
const builtIn: ReadonlyMap<string, string> = new Map([
  ['00000000-0000-0000-0000-000000000001', 'web'],
  ['00000000-0000-0000-0000-000000000002', 'bittorrent'],
]);

/** A real annex, read for being simulated. Nothing is written to it. */
export class RealAnnexReader {
  readonly #directory: string;
  readonly #branch: AnnexBranch;
  readonly #config: GitConfig;
  readonly #here: Uuid;
  readonly #unread: ReadonlySet<string>;
  #tip: string | undefined;

  private constructor(parts: {
    readonly directory: string;
    readonly branch: AnnexBranch;
    readonly config: GitConfig;
    readonly here: Uuid;
    readonly unread: ReadonlySet<string>;
  }) {
    this.#directory = parts.directory;
    this.#branch = parts.branch;
    this.#config = parts.config;
    this.#here = parts.here;
    this.#unread = parts.unread;
  }

  /** @throws UserError when there is no annex, or it has nothing to read yet. */
  static async open(directory: string): Promise<RealAnnexReader> {
    const gitDirectory = await gitDirectoryOf(directory);
    const config = await GitConfig.read(directory);
    const here = parseUuid(config.get('annex.uuid') ?? '');
    if (here === undefined) {
      throw new UserError(`${directory} is no git-annex repository; run "git annex init" in it.`);
    }
    const unread = new Set<string>();
    const branch = await AnnexBranch.open(gitDirectory, {
      onProblem: ({ message }) => unread.add(message),
    });
    const reader = new RealAnnexReader({
      directory: resolve(directory),
      branch,
      config,
      here,
      unread,
    });
    if ((await branch.tip()) === undefined && (await branch.journalPaths()).length === 0) {
      await reader.close();
      throw new UserError(`${directory} has no git-annex branch; run "git annex init" in it.`);
    }
    return reader;
  }

  /** How many logs of contents could not be read until now, and were passed over. */
  get unreadLogs(): number {
    return this.#unread.size;
  }

  async close(): Promise<void> {
    await this.#branch.close();
  }

  /** Its files, in the order of their names, many at once. */
  files(): ReturnType<typeof annexedFileBatches> {
    return annexedFileBatches(this.#directory);
  }

  /** What .gitattributes say of files of it. */
  copies(files: AsyncIterable<readonly string[]>): ReturnType<typeof attributeCopies> {
    return attributeCopies(this.#directory, files);
  }

  /**
   * Its contents by their logs, many at once, as the branch was at the first call and as its journal is.
   * @param asked.only those with these location logs. Default: all.
   * @param asked.withMetadata without it, contents have none.
   */
  async *contents(asked: {
    readonly fileOf: (keyText: string) => string | undefined;
    readonly only?: ReadonlySet<string>;
    readonly withMetadata: boolean;
  }): AsyncGenerator<readonly RealContent[]> {
    const { only, withMetadata, fileOf } = asked;
    const isAsked = (log: string): boolean => only === undefined || only.has(log);
    const journal = new Set((await this.#branch.journalPaths()).map(locationLogBeside));
    const tip = (this.#tip ??= await this.#branch.tip());
    if (tip !== undefined) {
      const isWanted = (path: string): boolean => {
        const log = withMetadata ? locationLogBeside(path) : path;
        return isLocationLogPath(log) && !journal.has(log) && isAsked(log);
      };
      const pairs = new ContentLogs();
      for await (const files of this.#branch.scanBatches(tip, isWanted)) {
        yield pairs.push(files).flatMap((logs) => contentOf(logs, fileOf) ?? []);
      }
      yield pairs.end().flatMap((logs) => contentOf(logs, fileOf) ?? []);
    }
    for (const path of journal) {
      if (!isLocationLogPath(path) || !isAsked(path)) continue;
      const text = (await this.#branch.read(path)) ?? '';
      const metadata = withMetadata ? await this.#branch.read(`${path}${metadataEnd}`) : undefined;
      yield [contentOf({ path, text, metadata }, fileOf) ?? []].flat();
    }
  }

  /** Everything but its contents. */
  async facts(): Promise<RealAnnex> {
    const configuration = await readConfiguration(this.#branch, this.#config);
    const specialRemotes = parseRemoteLog((await this.#branch.read('remote.log')) ?? '');
    const proxies = parseProxyLog((await this.#branch.read('proxy.log')) ?? '');
    const remotes = await remotesFrom({
      config: this.#config,
      directory: this.#directory,
      uuid: this.#here,
    });
    const ownRemotes = new Map(remotes.get(this.#here)?.map(({ uuid, name }) => [uuid, name]));
    const repositories = repositoriesOf({
      uuids: [
        this.#here,
        ...configuration.repositories.keys(),
        ...ownRemotes.keys(),
        ...[...configuration.clusters.values()].flat(),
      ],
      configuration,
      specialRemotes,
      ownRemotes,
    });
    return {
      source: `From the annex ${plain(this.#directory)}`,
      notes: await this.#notes(),
      repositories,
      groupwanted: configuration.groupwanted,
      numcopies: configuration.numcopies,
      mincopies: configuration.mincopies,
      ...networkOf(repositories, { configuration, proxies, remotes }),
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
}

/** Where git keeps what belongs to a directory. */
async function gitDirectoryOf(directory: string): Promise<string> {
  const status = await stat(directory).catch((error: unknown) => {
    if (!isErrorCode(error, 'ENOENT')) throw unreadable(directory, error);
    throw new UserError(`${directory} does not exist; ${wayOut}.`);
  });
  if (!status.isDirectory()) throw new UserError(`${directory} is no directory; ${wayOut}.`);
  try {
    const top = await runGit(['rev-parse', '--absolute-git-dir'], { directory });
    return decodeText(top).replace(/\n$/, '');
  } catch (error) {
    if (!(error instanceof GitError) || !isNoRepository.test(error.stderrTail)) throw error;
    throw new UserError(`${directory} is not a git repository; ${wayOut}.`);
  }
}

const wayOut = 'name a directory of an annex';
const isNoRepository = /not a git repository/;

function contentOf(
  { path, text, metadata }: ContentLog,
  fileOf: (keyText: string) => string | undefined,
): RealContent | undefined {
  const key = keyOfLocationLog(path);
  if (key === undefined) return undefined;
  const keyText = serializeKey(key);
  const holders = presentIn(text).filter((uuid) => !isClusterUuid(uuid));
  return { key, keyText, file: fileOf(keyText), holders, metadata: fieldsIn(metadata) };
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
