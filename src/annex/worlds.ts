import type { Need } from '../expression/index.ts';
import { needsOf, type Configuration, type Item, type World } from '../placement/index.ts';
import { RepositorySizes } from '../repository/index.ts';
import type { Uuid } from '../units/index.ts';
import type { Annex } from './annex.ts';
import { knownSizeBytes, readLocations } from './branch-facts.ts';
import { readKeyFacts } from './key-facts.ts';
import { readUnusedKeys } from './unused.ts';

/** What questions about the contents of one annex need to know, content by content. */
export class AnnexWorlds {
  readonly #annex: Annex;
  readonly #configuration: Configuration;
  readonly #needs: ReadonlySet<Need>;
  readonly #sizes: RepositorySizes;
  readonly #unused: ReadonlySet<string>;

  private constructor(
    annex: Annex,
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
    this.#sizes = parts.sizes;
    this.#unused = parts.unused;
  }

  /**
   * Makes ready for questions; reads how full repositories are where an expression goes by it.
   *
   * @param asked the repositories whose expressions are asked.
   */
  static async open(
    annex: Annex,
    { configuration, asked }: { configuration: Configuration; asked: Iterable<Uuid> },
  ): Promise<AnnexWorlds> {
    const needs = needsOf([...asked], configuration);
    const sizes = RepositorySizes.unread(annex.branch);
    if (needs.has('repositorySizes')) await sizes.refresh();
    const unused = await readUnusedKeys(annex.gitDirectory);
    return new AnnexWorlds(annex, { configuration, needs, sizes, unused });
  }

  /** The facts of one content as they are now. */
  async of(item: Item): Promise<World> {
    const { branch } = this.#annex;
    const configuration = this.#configuration;
    const locations = await readLocations(item.key, branch);
    return {
      configuration,
      locations: () => locations,
      sizeBytes: (asked) => knownSizeBytes(asked, this.#sizes, configuration),
      isUnused: ({ keyText }) => this.#unused.has(keyText),
      ...(await readKeyFacts(item, this.#needs, branch)),
    };
  }
}
