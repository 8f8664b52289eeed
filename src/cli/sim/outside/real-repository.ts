import type { Dialect } from '../../../expression/index.ts';
import {
  OpenAnnex,
  AnnexWorlds,
  indexedItems,
  isSpecialRemote,
  repositoryNamed,
} from '../../../annex/index.ts';
import { noSettings, wanted, type Configuration } from '../../../placement/index.ts';
import type { UseAnswer, UsedFile } from '../../../simulation/index.ts';
import { type Uuid, isErrorCode } from '../../../units/index.ts';

/** Which files are meant: those that a repository with this expression wants. */
interface TreeQuestion {
  readonly uuid: Uuid;
  readonly expression: string;
}

/** The repository around the current directory, for `use` and `addtree`. Nothing is written to it. */
export class RealRepository {
  readonly #annex: OpenAnnex;
  readonly #configuration: Configuration;

  private constructor(annex: OpenAnnex, configuration: Configuration) {
    this.#annex = annex;
    this.#configuration = configuration;
  }

  /** `undefined` where there is no git repository. */
  static async open(directory: string, dialect: Dialect): Promise<RealRepository | undefined> {
    try {
      const annex = await OpenAnnex.open(directory);
      return new RealRepository(annex, await annex.configuration(dialect));
    } catch (error) {
      if (isErrorCode(error, 'NO_ANNEX')) return undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#annex.close();
  }

  /** What is known of a repository that is named by `here`, a remote, a description or a UUID. */
  async use(words: string): Promise<UseAnswer> {
    const found = repositoryNamed(words, this.#annex, this.#configuration);
    if (found.kind === 'unknown') return { kind: 'unusable', reason: found.reason };
    const { uuid } = found;
    const known = this.#configuration.repositories.get(uuid) ?? noSettings;
    const { trust, groups, wanted, required, maxsizeBytes } = known;
    const isSpecial = isSpecialRemote(uuid, await this.#annex.specialRemotes());
    const groupwanted = new Map(
      [...this.#configuration.groupwanted].filter(([group]) => groups.includes(group)),
    );
    const settings = {
      isSpecialRemote: isSpecial,
      trust,
      groups,
      wanted,
      required,
      maxsizeBytes,
    };
    return { kind: 'repository', repository: { uuid, settings, groupwanted } };
  }

  /** The annexed files below the current directory that an expression matches, in the order of git's index. */
  async filesThatMatch({ uuid, expression }: TreeQuestion): Promise<readonly UsedFile[]> {
    const { repositories: known } = this.#configuration;
    const settings = {
      ...(known.get(uuid) ?? noSettings),
      wanted: expression,
      required: undefined,
    };
    const repositories = new Map(known).set(uuid, settings);
    const configuration = { ...this.#configuration, repositories };
    const worlds = await AnnexWorlds.open(this.#annex, { configuration, asked: [uuid] });
    const found: UsedFile[] = [];
    for await (const known of worlds.ofAll(indexedItems(this.#annex))) {
      for (const { item, world } of known) {
        if (wanted(uuid, item, world)) found.push({ file: item.fileFromHere, key: item.keyText });
      }
    }
    return found;
  }
}
