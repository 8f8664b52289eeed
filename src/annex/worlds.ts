import type { Need } from '../expression/index.ts';
import { needsOf, type Configuration, type Item, type World } from '../placement/index.ts';
import { RepositorySizes, type AttributeCopies } from '../repository/index.ts';
import type { Uuid } from '../units/index.ts';
import type { OpenAnnex } from './annex.ts';
import { knownSizeBytes, readLocations } from './branch-facts.ts';
import { readKeyFacts } from './key-facts.ts';
import { readUnusedKeys } from './unused.ts';

/** What questions about the contents of one annex need to know, content by content. */
export class AnnexWorlds {
  readonly #annex: OpenAnnex;
  readonly #configuration: Configuration;
  readonly #needs: ReadonlySet<Need>;
  /** Needed facts that the git-annex branch has. */
  readonly #needsOfBranch: ReadonlySet<Need>;
  readonly #sizes: RepositorySizes;
  readonly #unused: ReadonlySet<string>;

  private constructor(
    annex: OpenAnnex,
    parts: {
      readonly configuration: Configuration;
      readonly needs: ReadonlySet<Need>;
      readonly sizes: RepositorySizes;
      readonly unused: ReadonlySet<string>;
    },
  ) {
    this.#annex = annex;
    this.#configuration = parts.configuration;
    this.#needs = parts.needs;
    this.#needsOfBranch = new Set([...parts.needs].filter((need) => need !== 'attributes'));
    this.#sizes = parts.sizes;
    this.#unused = parts.unused;
  }

  /**
   * Makes ready for questions; reads how full repositories are where an expression goes by it.
   *
   * @param asked the repositories whose expressions are asked.
   */
  static async open(
    annex: OpenAnnex,
    { configuration, asked }: { configuration: Configuration; asked: Iterable<Uuid> },
  ): Promise<AnnexWorlds> {
    const needs = needsOf([...asked], configuration);
    const sizes = RepositorySizes.unread(annex.branch);
    if (needs.has('repositorySizes')) await sizes.refresh();
    const unused = await readUnusedKeys(annex.gitDirectory);
    return new AnnexWorlds(annex, { configuration, needs, sizes, unused });
  }

  /**
   * The facts of contents as they are when they are read, in their order, some at once. What .gitattributes say
   * of files is asked of one program for all of them, so that a million files are not two million programs.
   * @throws GitError, and what reading the branch throws.
   */
  async *ofAll<T extends Item>(
    items: AsyncIterable<readonly T[]>,
  ): AsyncGenerator<readonly KnownItem<T>[]> {
    const asked = this.#needs.has('attributes') ? this.#withAttributes(items) : without(items);
    for await (const some of asked) {
      for (let at = 0; at < some.length; at += atOnce) {
        const few = some.slice(at, at + atOnce);
        yield await Promise.all(
          few.map(async ({ item, copies }) => ({
            item,
            world: await this.#of(item, copies),
          })),
        );
      }
    }
  }

  async #of(item: Item, copies: AttributeCopies | undefined): Promise<World> {
    const { branch } = this.#annex;
    const configuration = this.#configuration;
    const [locations, facts] = await Promise.all([
      readLocations(item.key, branch),
      readKeyFacts(item, this.#needsOfBranch, branch),
    ]);
    return {
      configuration,
      locations: () => locations,
      sizeBytes: (asked) => knownSizeBytes(asked, this.#sizes, configuration),
      isUnused: ({ keyText }) => this.#unused.has(keyText),
      ...facts,
      attributeNumcopies: () => copies?.numcopies,
      attributeMincopies: () => copies?.mincopies,
    };
  }

  /** Items wait for what is said of their files, which comes in the order in which these are asked about. */
  async *#withAttributes<T extends Item>(
    items: AsyncIterable<readonly T[]>,
  ): AsyncGenerator<readonly Attributed<T>[]> {
    const waiting: T[] = [];
    async function* names(): AsyncGenerator<readonly string[]> {
      for await (const some of items) {
        waiting.push(...some);
        yield some.flatMap(({ file }) => file ?? []);
      }
    }
    let ready: Attributed<T>[] = [];
    for await (const copies of this.#annex.copies(names())) {
      const place = waiting.findIndex(({ file }) => file !== undefined);
      const answered = waiting.splice(0, place + 1);
      ready.push(
        ...answered.map((item, at) => ({ item, copies: at === place ? copies : undefined })),
      );
      if (ready.length < atOnce) continue;
      yield ready;
      ready = [];
    }
    // Behind the last file may be contents without one.
    yield [...ready, ...waiting.map((item) => ({ item, copies: undefined }))];
  }
}

/** Contents whose facts are read at once. */
const atOnce = 100;

/** A content, and what .gitattributes say of the copies of its file. */
interface Attributed<T extends Item> {
  readonly item: T;
  readonly copies: AttributeCopies | undefined;
}

async function* without<T extends Item>(
  items: AsyncIterable<readonly T[]>,
): AsyncGenerator<readonly Attributed<T>[]> {
  for await (const some of items) yield some.map((item) => ({ item, copies: undefined }));
}

/** A content, and the facts that are known of it. */
export interface KnownItem<T extends Item> {
  readonly item: T;
  readonly world: World;
}
