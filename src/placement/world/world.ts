import type { Key } from '../../key/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { Configuration } from './configuration.ts';

/** What a question is about: a content, and the file that it is asked for when there is one. */
export interface Item {
  readonly key: Key;
  /** The serialized key, which is what logs and lookups go by. */
  readonly keyText: string;
  /** Path from the top of the repository, with `/`; `undefined` for a key without a file. */
  readonly file: string | undefined;
}

/**
 * The facts at one moment, as plain lookups. A view: the gateway gives one on its live state, the
 * simulator one on typed arrays, a test one on literals; nothing in placement copies or keeps it.
 */
export interface World {
  readonly configuration: Configuration;
  /**
   * Repositories that the location log says have the key, dead ones included, clusters left out
   * (placement adds those itself from the configuration).
   */
  locations(item: Item): readonly Uuid[];
  /**
   * Bytes that the location logs say a repository holds; `undefined` when its size is not known
   * (it is neither described in uuid.log nor has any key).
   */
  sizeBytes(repository: Uuid): bigint | undefined;
  /** Current metadata of the key: values by field name in lower case. Absent means none. */
  metadata?(item: Item): ReadonlyMap<string, readonly string[]>;
  /**
   * Urls recorded for the key and not removed, as they stand in its web log, marks of downloaders such
   * as `yt:` included (spec/newest.md section 1.4). Absent means none.
   */
  urls?(item: Item): readonly string[];
  /** annex.numcopies of .gitattributes for the item's file, when it reads as a number. */
  attributeNumcopies?(item: Item): number | undefined;
  /**
   * annex.mincopies of .gitattributes for the item's file, when it reads as a number. No expression asks
   * for it, only drops do.
   */
  attributeMincopies?(item: Item): number | undefined;
  /** Serialized keys recorded as equivalent to a VURL key. */
  equivalentKeys?(item: Item): readonly string[];
  /** Whether the last search for unused keys listed it. */
  isUnused?(item: Item): boolean;
  /**
   * Whether a repository has no contents at hand to look at, so that `present` is false of it whatever
   * the location log says: so the simulator of git-annex judges a repository that asks about itself
   * (spec/sim.md section 12.7). Absent means that none is like that.
   */
  isImagined?(repository: Uuid): boolean;
}
