import type { Key } from '../../key/index.ts';
import type { Configuration, Item, World } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Contents } from '../world/contents.ts';
import type { Metadata } from '../world/metadata.ts';
import type { Network } from '../world/network.ts';
import type { Views } from '../world/views.ts';

/** A file with its key, as expressions see it. Texts are made when they are asked for. */
export class SimulatedItem implements Item {
  readonly keyNumber: number;
  readonly file: string;
  readonly #contents: Contents;
  #key: Key | undefined;

  constructor(contents: Contents, keyNumber: number, file: string) {
    this.#contents = contents;
    this.keyNumber = keyNumber;
    this.file = file;
  }

  get key(): Key {
    return (this.#key ??= this.#contents.key(this.keyNumber));
  }

  get keyText(): string {
    return this.#contents.keyText(this.keyNumber);
  }
}

/** How many sets of holders are remembered as lists of UUIDs. */
const listsMax = 4096;

/** The world as one repository sees it: the evaluator's window on a simulation. */
export class HereWorld implements World {
  readonly configuration: Configuration;
  /** Worlds with the same configuration have the same number. */
  readonly number: number;
  readonly #here: number;
  readonly #views: Views;
  readonly #network: Network;
  readonly #metadata: Metadata;
  readonly #bytes: (repository: number) => bigint | undefined;
  readonly #numbers: ReadonlyMap<Uuid, number>;
  readonly #isImagined: boolean;
  readonly #lists = new Map<number, readonly Uuid[]>();

  constructor(options: {
    readonly here: number;
    readonly configuration: Configuration;
    readonly number: number;
    readonly views: Views;
    readonly network: Network;
    readonly metadata: Metadata;
    /** Bytes that a repository is seen to hold. */
    readonly bytes: (repository: number) => bigint | undefined;
    /** Whether `present` is false for the repository itself. */
    readonly isImagined: boolean;
  }) {
    this.configuration = options.configuration;
    this.number = options.number;
    this.#here = options.here;
    this.#views = options.views;
    this.#network = options.network;
    this.#metadata = options.metadata;
    this.#bytes = options.bytes;
    this.#isImagined = options.isImagined;
    this.#numbers = new Map(
      options.network.repositories.map(({ uuid }, number) => [uuid, number] as const),
    );
  }

  locations(item: Item): readonly Uuid[] {
    return item instanceof SimulatedItem ? this.#locationsOf(item.keyNumber) : [];
  }

  #locationsOf(key: number): readonly Uuid[] {
    if (this.#views.count > 32) return this.#listHolders(key);
    const holders = this.#views.holders(this.#here, key, 0);
    let list = this.#lists.get(holders);
    if (list === undefined) {
      if (this.#lists.size >= listsMax) this.#lists.clear();
      this.#lists.set(holders, (list = this.#listHolders(key)));
    }
    return list;
  }

  #listHolders(key: number): readonly Uuid[] {
    const list: Uuid[] = [];
    for (const [number, { uuid }] of this.#network.repositories.entries()) {
      if (this.#views.holds(this.#here, number, key)) list.push(uuid);
    }
    return list;
  }

  sizeBytes(repository: Uuid): bigint | undefined {
    const number = this.#numbers.get(repository);
    return number === undefined ? undefined : this.#bytes(number);
  }

  metadata(item: Item): ReadonlyMap<string, readonly string[]> {
    return item instanceof SimulatedItem ? this.#metadataOf(item.keyNumber) : noMetadata;
  }

  #metadataOf(key: number): ReadonlyMap<string, readonly string[]> {
    const fields = this.#metadata.of(key);
    if (fields === undefined) return noMetadata;
    return new Map([...fields].map(([field, values]) => [field, [...values]]));
  }

  isImagined(repository: Uuid): boolean {
    return this.#isImagined && this.#numbers.get(repository) === this.#here;
  }

  /** This world for questions about one key alone, whatever item they are asked by. */
  about(keyNumber: number): World {
    return {
      configuration: this.configuration,
      locations: () => this.#locationsOf(keyNumber),
      sizeBytes: (repository) => this.sizeBytes(repository),
      metadata: () => this.#metadataOf(keyNumber),
      isImagined: (repository) => this.isImagined(repository),
    };
  }

  /** This world, as if some repositories held no content, though their sizes have all that they are seen to hold. */
  without(repositories: readonly Uuid[]): World {
    if (repositories.length === 0) return this;
    return {
      configuration: this.configuration,
      locations: (item) => this.locations(item).filter((uuid) => !repositories.includes(uuid)),
      sizeBytes: (repository) => this.sizeBytes(repository),
      metadata: (item) => this.metadata(item),
      isImagined: (repository) => this.isImagined(repository),
    };
  }
}

const noMetadata: ReadonlyMap<string, readonly string[]> = new Map();
