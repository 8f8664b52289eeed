import type { Dialect } from '../../expression/index.ts';
import { noSettings, type Configuration } from '../../placement/index.ts';
import {
  AnnexBranch,
  GitConfig,
  GitError,
  parseRemoteLog,
  readConfiguration,
  runGit,
} from '../../repository/index.ts';
import type { UsedFile, UsedRepository } from '../../simulation/index.ts';
import { parseUuid, type Uuid } from '../../units/index.ts';
import { filesThatMatch, type TreeQuestion } from './annexed-files.ts';

/** A repository that was named; or why it is none, as git-annex says it after `because`. */
type Found = { readonly uuid: Uuid } | { readonly reason: string };

/** The special remotes that every annex has: the web and BitTorrent. */
const builtIn: ReadonlySet<string> = new Set([
  '00000000-0000-0000-0000-000000000001',
  '00000000-0000-0000-0000-000000000002',
]);

/** The repository around the current directory, for `use` and `addtree`. Nothing is written to it. */
export class RealRepository {
  readonly #directory: string;
  readonly #branch: AnnexBranch;
  readonly #gitConfig: GitConfig;
  readonly #configuration: Configuration;

  private constructor(
    directory: string,
    parts: { branch: AnnexBranch; gitConfig: GitConfig; configuration: Configuration },
  ) {
    this.#directory = directory;
    this.#branch = parts.branch;
    this.#gitConfig = parts.gitConfig;
    this.#configuration = parts.configuration;
  }

  /** `undefined` where there is no git repository. */
  static async open(directory: string, dialect: Dialect): Promise<RealRepository | undefined> {
    try {
      await runGit(['rev-parse', '--git-dir'], { directory });
    } catch (error) {
      if (error instanceof GitError && error.exitStatus !== undefined) return undefined;
      throw error;
    }
    const branch = await AnnexBranch.open(directory);
    const gitConfig = await GitConfig.read(directory);
    const configuration = { ...(await readConfiguration(branch, gitConfig)), dialect };
    return new RealRepository(directory, { branch, gitConfig, configuration });
  }

  async close(): Promise<void> {
    await this.#branch.close();
  }

  /** What is known of a repository that is named by `here`, a remote, a description or a UUID. */
  async use(words: string): Promise<UsedRepository | string> {
    const found = this.#find(words);
    if ('reason' in found) return found.reason;
    const { uuid } = found;
    const known = this.#configuration.repositories.get(uuid) ?? noSettings;
    const { trust, groups, wanted, required, maxsizeBytes } = known;
    const specialRemotes = parseRemoteLog((await this.#branch.read('remote.log')) ?? '');
    const type = specialRemotes.get(uuid)?.get('type');
    const isSpecialRemote = builtIn.has(uuid) || (type !== undefined && type !== 'git');
    const groupwanted = new Map(
      [...this.#configuration.groupwanted].filter(([group]) => groups.includes(group)),
    );
    const settings = { isSpecialRemote, trust, groups, wanted, required, maxsizeBytes };
    return { uuid, settings, groupwanted };
  }

  #find(words: string): Found {
    if (words === 'here') return foundAs(this.#gitConfig.get('annex.uuid'), words);
    const ofRemote = this.#gitConfig.get(`remote.${words}.annex-uuid`);
    if (ofRemote !== undefined || this.#gitConfig.get(`remote.${words}.url`) !== undefined) {
      return foundAs(ofRemote, words);
    }
    const asUuid = parseUuid(words);
    if (asUuid !== undefined && builtIn.has(asUuid)) return { uuid: asUuid };
    for (const [uuid, { description }] of this.#configuration.repositories) {
      if (description === words || uuid === asUuid) return { uuid };
    }
    return { reason: `there is no available git remote named "${words}"` };
  }

  /** The annexed files below the current directory that an expression matches. */
  filesThatMatch(question: TreeQuestion): Promise<readonly UsedFile[]> {
    return filesThatMatch(question, {
      directory: this.#directory,
      branch: this.#branch,
      configuration: this.#configuration,
    });
  }
}

function foundAs(text: string | undefined, name: string): Found {
  const uuid = parseUuid(text ?? '');
  if (uuid !== undefined) return { uuid };
  return {
    reason: `cannot determine uuid for ${name} (perhaps you need to run "git annex sync"?)`,
  };
}
