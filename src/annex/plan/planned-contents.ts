import type { Need } from '../../expression/index.ts';
import { parseKey, serializeKey } from '../../key/index.ts';
import {
  needsOf,
  type Configuration,
  type RepairedContent,
  type World,
} from '../../placement/index.ts';
import {
  keyOfLocationLog,
  parseMetadataLog,
  presentIn,
  RepositorySizes,
  type AnnexBranch,
} from '../../repository/index.ts';
import { isClusterUuid, type Uuid } from '../../units/index.ts';
import type { OpenAnnex } from '../annex.ts';
import type { ContentLog } from '../content-logs.ts';
import { FilesByKey } from './files-by-key.ts';
import { readKeyFacts, type KeyFacts } from '../key-facts.ts';
import { SizeLedger } from './size-ledger.ts';
import { readUnusedKeys } from '../unused.ts';

/** A content with its files, and the facts that are known of it. */
export interface PlannedContent extends RepairedContent {
  readonly world: World;
}

/** Needs of which the facts are in logs that are read one by one. */
const rareNeeds: ReadonlySet<Need> = new Set<Need>(['urls', 'equivalentKeys']);

/** Contents whose rare facts are read at once. */
const atOnce = 100;

/**
 * All contents of an annex, for being planned: each once with all its files, in the order of the logs, so that a million
 * take some seconds. How full repositories are is kept in a ledger, in which planned moves count.
 */
export class PlannedContents {
  /** How full each repository is, with what is planned. */
  readonly sizes: SizeLedger;
  readonly #annex: OpenAnnex;
  readonly #configuration: Configuration;
  readonly #needs: ReadonlySet<Need>;
  readonly #files: FilesByKey;
  readonly #unused: ReadonlySet<string>;

  private constructor(
    annex: OpenAnnex,
    parts: {
      readonly configuration: Configuration;
      readonly needs: ReadonlySet<Need>;
      readonly files: FilesByKey;
      readonly sizes: SizeLedger;
      readonly unused: ReadonlySet<string>;
    },
  ) {
    this.#annex = annex;
    this.#configuration = parts.configuration;
    this.#needs = parts.needs;
    this.#files = parts.files;
    this.sizes = parts.sizes;
    this.#unused = parts.unused;
  }

  /**
   * Reads the files, and how full repositories are.
   *
   * @param asked the repositories whose expressions are asked.
   */
  static async open(
    annex: OpenAnnex,
    { configuration, asked }: { configuration: Configuration; asked: Iterable<Uuid> },
  ): Promise<PlannedContents> {
    const needs = needsOf([...asked], configuration);
    const sizes = RepositorySizes.unread(annex.branch);
    const [files, unused] = await Promise.all([
      FilesByKey.read(annex),
      readUnusedKeys(annex.gitDirectory),
      sizes.refresh(),
    ]);
    const ledger = new SizeLedger(sizes, configuration);
    return new PlannedContents(annex, { configuration, needs, files, sizes: ledger, unused });
  }

  /**
   * Every content that a log or a file names, many at once.
   * @throws what reading the branch throws.
   */
  async *all(): AsyncGenerator<readonly PlannedContent[]> {
    const withMetadata = this.#needs.has('metadata');
    const branch = await this.#branchOfOneMoment();
    const logged = new Set<string>();
    for await (const logs of this.#annex.contentLogs({ withMetadata })) {
      for (let at = 0; at < logs.length; at += atOnce) {
        const some = logs.slice(at, at + atOnce).map((log) => this.#contentOf(log, branch));
        const contents = (await Promise.all(some)).flatMap((content) => content ?? []);
        for (const { keyText, files } of contents) if (files.length > 0) logged.add(keyText);
        yield contents;
      }
    }
    const others: PlannedContent[] = [];
    for (const keyText of this.#files.keys()) {
      const key = logged.has(keyText) ? undefined : parseKey(keyText);
      if (key === undefined) continue;
      const files = this.#files.filesOf(keyText);
      others.push({ key, keyText, files, world: this.#world([], noFacts) });
    }
    if (others.length > 0) yield others;
  }

  async #contentOf(
    { path, text, metadata }: ContentLog,
    branch: Pick<AnnexBranch, 'read'>,
  ): Promise<PlannedContent | undefined> {
    const key = keyOfLocationLog(path);
    if (key === undefined) return undefined;
    const keyText = serializeKey(key);
    const files = this.#files.filesOf(keyText);
    const holders = presentIn(text).filter((uuid) => !isClusterUuid(uuid));
    const fields = metadata === undefined ? undefined : parseMetadataLog(metadata);
    const rare = [...this.#needs].some((need) => rareNeeds.has(need))
      ? await this.#rareFacts({ key, keyText, files }, branch)
      : noFacts;
    const facts = fields === undefined ? rare : { ...rare, metadata: () => fields };
    return { key, keyText, files, world: this.#world(holders, facts) };
  }

  async #rareFacts(
    { key, keyText, files }: RepairedContent,
    branch: Pick<AnnexBranch, 'read'>,
  ): Promise<Pick<KeyFacts, 'urls' | 'equivalentKeys'>> {
    const needs = new Set([...this.#needs].filter((need) => rareNeeds.has(need)));
    const attributeCopiesOf = (): Promise<never> => Promise.reject(new Error('not asked'));
    const item = { key, keyText, file: files[0] };
    const { urls, equivalentKeys } = await readKeyFacts(item, needs, {
      read: (path) => branch.read(path),
      attributeCopiesOf,
    });
    return { ...(urls && { urls }), ...(equivalentKeys && { equivalentKeys }) };
  }

  /** The branch, whose journal is looked through once, since a million files that are not in it are as many opens. */
  async #branchOfOneMoment(): Promise<Pick<AnnexBranch, 'read'>> {
    const { branch } = this.#annex;
    const [journal, tip] = await Promise.all([branch.journalPaths(), branch.tip()]);
    const journaled = new Set(journal);
    return {
      read: async (path) =>
        tip === undefined || journaled.has(path)
          ? await branch.read(path)
          : await branch.readCommitted(path, tip),
    };
  }

  #world(holders: readonly Uuid[], facts: Partial<World>): World {
    const files = this.#files;
    return {
      configuration: this.#configuration,
      locations: () => holders,
      sizeBytes: (repository) => this.sizes.sizeBytes(repository),
      isUnused: ({ keyText }) => this.#unused.has(keyText),
      attributeNumcopies: ({ file }) => files.copiesOf(file)?.numcopies,
      attributeMincopies: ({ file }) => files.copiesOf(file)?.mincopies,
      ...facts,
    };
  }
}

const noFacts: Partial<World> = {};
