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
import { readKeyFacts } from '../key-facts.ts';
import { SizeLedger } from './size-ledger.ts';
import { readUnusedKeys } from '../unused.ts';

/** A content with its files, and the facts that are known of it. */
export interface PlannedContent extends RepairedContent {
  readonly world: World;
}

/** Needs of which the facts are in logs that are read one by one. */
const rareNeeds: ReadonlySet<Need> = new Set<Need>(['urls', 'equivalentKeys']);

/** Contents whose facts are read at once. */
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
  readonly #withMetadata: boolean;
  /** What has to be read of a content with a location log, and of one without. */
  readonly #rare: ReadonlySet<Need>;
  readonly #all: ReadonlySet<Need>;
  readonly #files: FilesByKey;
  readonly #unused: ReadonlySet<string>;
  readonly #uuids: Map<Uuid, Uuid>;

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
    this.#withMetadata = parts.needs.has('metadata');
    this.#rare = new Set([...rareNeeds].filter((need) => parts.needs.has(need)));
    this.#all = this.#withMetadata ? new Set<Need>(['metadata', ...this.#rare]) : this.#rare;
    this.#files = parts.files;
    this.sizes = parts.sizes;
    this.#unused = parts.unused;
    this.#uuids = new Map(
      [...parts.configuration.repositories.keys()].map((uuid) => [uuid, uuid] as const),
    );
  }

  /**
   * Reads the files, and how full repositories are where one has a maxsize, without which nothing goes by that.
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
      isBounded(configuration) ? sizes.refresh() : undefined,
    ]);
    const ledger = new SizeLedger(sizes, configuration);
    return new PlannedContents(annex, { configuration, needs, files, sizes: ledger, unused });
  }

  /**
   * Every content that a log or a file names, many at once.
   * @throws what reading the branch throws.
   */
  async *all(): AsyncGenerator<readonly PlannedContent[]> {
    const withMetadata = this.#withMetadata;
    const branch = await this.#branchOfOneMoment();
    const isLogged = new Uint8Array(this.#files.size);
    const seen = (place: number): void => void (isLogged[place] = 1);
    for await (const logs of this.#annex.contentLogs({ withMetadata })) {
      for (let at = 0; at < logs.length; at += atOnce) {
        const some = logs.slice(at, at + atOnce).map((log) => this.#contentOf(log, branch, seen));
        yield (await Promise.all(some)).flatMap((content) => content ?? []);
      }
    }
    let others: Promise<PlannedContent | undefined>[] = [];
    for (const [keyText, place] of this.#files.keys()) {
      if (isLogged[place] === 0) others.push(this.#unlogged(keyText, branch));
      if (others.length < atOnce) continue;
      yield (await Promise.all(others)).flatMap((content) => content ?? []);
      others = [];
    }
    yield (await Promise.all(others)).flatMap((content) => content ?? []);
  }

  async #contentOf(
    { path, text, metadata }: ContentLog,
    branch: Pick<AnnexBranch, 'read'>,
    seen: (place: number) => void,
  ): Promise<PlannedContent | undefined> {
    const key = keyOfLocationLog(path);
    if (key === undefined) return undefined;
    const keyText = serializeKey(key);
    const place = this.#files.placeOf(keyText);
    if (place !== undefined) seen(place);
    const content = { key, keyText, files: this.#files.filesAt(place) };
    const holders = this.#holdersIn(text);
    const fields = metadata === undefined ? undefined : parseMetadataLog(metadata);
    const rare = await this.#factsOf(content, this.#rare, branch);
    const facts = fields === undefined ? rare : { ...rare, metadata: () => fields };
    return { ...content, world: this.#world(holders, facts) };
  }

  /** Each repository by the one text that stands for it in all logs, which makes looking it up many times cheaper. */
  #holdersIn(log: string): readonly Uuid[] {
    const holders: Uuid[] = [];
    for (const uuid of presentIn(log)) {
      let known = this.#uuids.get(uuid);
      if (known === undefined) this.#uuids.set(uuid, (known = uuid));
      if (!isClusterUuid(known)) holders.push(known);
    }
    return holders;
  }

  /** A content that has no location log; others can be there. */
  async #unlogged(
    keyText: string,
    branch: Pick<AnnexBranch, 'read'>,
  ): Promise<PlannedContent | undefined> {
    const key = parseKey(keyText);
    if (key === undefined) return undefined;
    const content = { key, keyText, files: this.#files.filesAt(this.#files.placeOf(keyText)) };
    const facts = await this.#factsOf(content, this.#all, branch);
    return { ...content, world: this.#world([], facts) };
  }

  async #factsOf(
    { key, keyText, files }: RepairedContent,
    needs: ReadonlySet<Need>,
    branch: Pick<AnnexBranch, 'read'>,
  ): Promise<Partial<World>> {
    if (needs.size === 0) return noFacts;
    const attributeCopiesOf = (): Promise<never> => Promise.reject(new Error('not asked'));
    const { metadata, urls, equivalentKeys } = await readKeyFacts(
      { key, keyText, file: files[0] },
      needs,
      { read: (path) => branch.read(path), attributeCopiesOf },
    );
    return {
      ...(metadata && { metadata }),
      ...(urls && { urls }),
      ...(equivalentKeys && { equivalentKeys }),
    };
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

function isBounded({ repositories }: Configuration): boolean {
  return [...repositories.values()].some(({ maxsizeBytes }) => maxsizeBytes !== undefined);
}

const noFacts: Partial<World> = {};
