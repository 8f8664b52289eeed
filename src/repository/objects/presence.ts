import type { Key } from '../../key/index.ts';
import type { Soon } from '../files/disk.ts';
import type { ContentBelief } from './content-belief.ts';
import type { Deletions } from './deletions.ts';
import type { ObjectLayout } from './layout.ts';
import { objectError } from './object-errors.ts';
import type { ObjectLocation } from './object-location.ts';
import type { OpenObject } from './object-reader.ts';
import { hasSizeOf } from './wrong-sizes.ts';

/** Whether contents are there: at any of their places, whole, unedited, and not about to be deleted. */
export class ObjectPresence {
  readonly #layout: ObjectLayout;
  readonly #belief: ContentBelief;
  readonly #deletions: Deletions;

  constructor(parts: {
    readonly layout: ObjectLayout;
    readonly belief: ContentBelief;
    readonly deletions: Deletions;
  }) {
    this.#layout = parts.layout;
    this.#belief = parts.belief;
    this.#deletions = parts.deletions;
  }

  /**
   * Whether the complete content of a key is there; answers at once where the disk does. Of a content that
   * is being deleted it says nothing before that is over.
   * @throws ObjectStoreError when it cannot be known.
   */
  has(key: Key): Soon<boolean> {
    const isThere = this.#isAtAny(key, this.#layout.locations(key));
    if (!(isThere instanceof Promise)) return isThere && this.#staysAfterDeletion(key);
    return isThere.then((isHere) => isHere && this.#staysAfterDeletion(key));
  }

  /** Whether what was opened at a path is the key's content; it is closed when not. */
  async believesOpened(key: Key, path: Buffer, object: OpenObject): Promise<boolean> {
    try {
      // What is at the path now need not be what was opened.
      if (hasSizeOf(key, object.sizeBytes) && (await this.#belief.holds(key, path))) return true;
    } catch (error) {
      await object.close();
      throw error;
    }
    await object.close();
    return false;
  }

  /** Asked when it was there, as a deletion may have begun since the disk was asked. */
  #staysAfterDeletion(key: Key): Soon<boolean> {
    const end = this.#deletions.end(key);
    return end === undefined || end.then(() => this.has(key));
  }

  #isAtAny(key: Key, locations: Iterator<ObjectLocation, void, undefined>): Soon<boolean> {
    for (let next = locations.next(); next.done !== true; next = locations.next()) {
      const path = next.value.content;
      const failed = (error: unknown): never => {
        throw objectError(error, 'looking for the content', { key, path });
      };
      try {
        const isThere = this.#belief.holds(key, path);
        if (isThere === true) return true;
        if (isThere === false) continue;
        return isThere.then((isHere) => isHere || this.#isAtAny(key, locations), failed);
      } catch (error) {
        failed(error);
      }
    }
    return false;
  }
}
