import { resolve } from 'node:path';
import type { Dialect } from '../expression/index.ts';
import { serializeKey } from '../key/index.ts';
import type { Configuration } from '../placement/index.ts';
import {
  AnnexBranch,
  annexedFilesOfCommit,
  annexedFilesOfIndex,
  attributeCopies,
  GitConfig,
  GitError,
  ownDisk,
  isLocationLogPath,
  keyOfLocationLog,
  parseRemoteLog,
  presentIn,
  readConfiguration,
  runGit,
  thisMachine,
} from '../repository/index.ts';
import type { RealContent } from '../simulation/index.ts';
import { BallastError, decodeText, isClusterUuid, parseUuid, type Uuid } from '../units/index.ts';
import { readApprovedSettings } from './approved-settings.ts';
import {
  ContentLogs,
  fieldsIn,
  locationLogBeside,
  metadataEnd,
  type ContentLog,
} from './content-logs.ts';

/**
 * A real annex: its configuration, contents and files, as its git-annex branch with the journal, its
 * git config and the commit that is checked out say them. Bare or not; nothing is written to it.
 */
export class OpenAnnex {
  /** As it was named, from the root. */
  readonly directory: string;
  /** Its `.git`, or itself when it is bare. */
  readonly gitDirectory: string;
  /** Of the repository itself; `undefined` where `git annex init` has not been run. */
  readonly uuid: Uuid | undefined;
  readonly config: GitConfig;
  readonly branch: AnnexBranch;
  readonly #unread: ReadonlySet<string>;
  #tip: string | undefined;

  private constructor(parts: {
    readonly directory: string;
    readonly gitDirectory: string;
    readonly branch: AnnexBranch;
    readonly config: GitConfig;
    readonly uuid: Uuid | undefined;
    readonly unread: ReadonlySet<string>;
  }) {
    this.directory = parts.directory;
    this.gitDirectory = parts.gitDirectory;
    this.branch = parts.branch;
    this.config = parts.config;
    this.uuid = parts.uuid;
    this.#unread = parts.unread;
  }

  /**
   * Opens the git repository that a directory is in, which need be no annex yet. Close it.
   * @throws NO_ANNEX when there is none; the system's error when the directory may not be looked at.
   */
  static async open(directory: string): Promise<OpenAnnex> {
    const gitDirectory = await gitDirectoryOf(directory);
    const config = await GitConfig.read(directory, thisMachine.configurations);
    const unread = new Set<string>();
    const branch = await AnnexBranch.open(gitDirectory, {
      onProblem: ({ message }) => unread.add(message),
    });
    const at = { directory: resolve(directory), gitDirectory };
    return new OpenAnnex({
      ...at,
      branch,
      config,
      uuid: parseUuid(config.get('annex.uuid') ?? ''),
      unread,
    });
  }

  /**
   * Opens an annex that has something to be read. Close it.
   * @throws NO_ANNEX, as `open`, and when it is no annex, or has no git-annex branch yet.
   */
  static async openInitialized(directory: string): Promise<OpenAnnex> {
    const annex = await OpenAnnex.open(directory);
    try {
      annex.requireUuid();
      const { branch } = annex;
      if ((await branch.tip()) !== undefined || (await branch.journalPaths()).length > 0)
        return annex;
      throw noAnnex(`${directory} has no git-annex branch; run "git annex init" in it.`);
    } catch (error) {
      await annex.close();
      throw error;
    }
  }

  /** @throws NO_ANNEX where `git annex init` has not been run. */
  requireUuid(): Uuid {
    if (this.uuid !== undefined) return this.uuid;
    throw noAnnex(`${this.directory} is no git-annex repository; run "git annex init" in it.`);
  }

  /** Whether it has no work tree. */
  get isBare(): boolean {
    return this.config.getBoolean('core.bare') === true;
  }

  /**
   * What its logs and its git config say of all repositories now. Whether the copies of a special remote count for
   * anybody goes by the settings that were approved here, where some were, as a gateway goes by them; else by remote.log.
   */
  async configuration(dialect?: Dialect): Promise<Configuration> {
    const approved = await readApprovedSettings(this.gitDirectory);
    const configuration = await readConfiguration(this.branch, this.config, approved);
    return dialect === undefined ? configuration : { ...configuration, dialect };
  }

  /** The settings of special remotes, by repository. */
  async specialRemotes(): Promise<ReturnType<typeof parseRemoteLog>> {
    return parseRemoteLog((await this.branch.read('remote.log')) ?? '');
  }

  /** How many logs of contents could not be read until now, and were passed over. */
  get unreadLogs(): number {
    return this.#unread.size;
  }

  async close(): Promise<void> {
    await this.branch.close();
  }

  /** The annexed files of the commit that is checked out, by the bytes of their names, many at once. */
  files(): ReturnType<typeof annexedFilesOfCommit> {
    return annexedFilesOfCommit(this.directory);
  }

  /**
   * The annexed files of the index below the directory that it was opened at, many at once, by names from there.
   * @param path only what is there, from that directory.
   */
  indexedFiles(path: string): ReturnType<typeof annexedFilesOfIndex> {
    return annexedFilesOfIndex(this.directory, path);
  }

  /** What a name from the directory that it was opened at begins with, from the top of the work tree. */
  async prefix(): Promise<string> {
    const prefix = await runGit(['rev-parse', '--show-prefix'], { directory: this.directory });
    return decodeText(prefix).replace(/\n$/, '');
  }

  /** What .gitattributes say of files of it. */
  copies(files: AsyncIterable<readonly string[]>): ReturnType<typeof attributeCopies> {
    return attributeCopies(this.directory, files);
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
    const journal = new Set((await this.branch.journalPaths()).map(locationLogBeside));
    const tip = (this.#tip ??= await this.branch.tip());
    if (tip !== undefined) {
      const isWanted = (path: string): boolean => {
        const log = withMetadata ? locationLogBeside(path) : path;
        return isLocationLogPath(log) && !journal.has(log) && isAsked(log);
      };
      const pairs = new ContentLogs();
      for await (const files of this.branch.scanBatches(tip, isWanted)) {
        yield pairs.push(files).flatMap((logs) => contentOf(logs, fileOf) ?? []);
      }
      yield pairs.end().flatMap((logs) => contentOf(logs, fileOf) ?? []);
    }
    for (const path of journal) {
      if (!isLocationLogPath(path) || !isAsked(path)) continue;
      const text = (await this.branch.read(path)) ?? '';
      const metadata = withMetadata ? await this.branch.read(`${path}${metadataEnd}`) : undefined;
      yield [contentOf({ path, text, metadata }, fileOf) ?? []].flat();
    }
  }
}

/** Where git keeps what belongs to a directory. */
async function gitDirectoryOf(directory: string): Promise<string> {
  const status = await ownDisk.status(directory);
  if (status === undefined) throw noAnnex(`${directory} does not exist; ${wayOut}.`);
  if (!status.isDirectory()) throw noAnnex(`${directory} is no directory; ${wayOut}.`);
  try {
    return await thisMachine.places.own(directory);
  } catch (error) {
    if (!(error instanceof GitError) || !isNoRepository.test(error.data.stderrTail)) throw error;
    throw noAnnex(`${directory} is not a git repository; ${wayOut}.`);
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

/** A directory is no annex, or has nothing to be read yet; the message says what to do. */
function noAnnex(message: string): BallastError {
  return new BallastError('NO_ANNEX', message);
}
