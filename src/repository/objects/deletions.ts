import { serializeKey, type Key } from '../../key/index.ts';
import type { Soon } from '../files/disk.ts';

/**
 * Contents whose deletion the disk was told of and has not answered yet. A disk that stands still may
 * do it hours later, and shows the content until then: nobody may be told that it is there.
 */
export class Deletions {
  readonly #underWay = new Map<string, Promise<void>>();

  /** Resolves when the deletion of a content is over; `undefined` when none is under way. */
  end(key: Key): Promise<void> | undefined {
    return this.#underWay.size === 0 ? undefined : this.#underWay.get(serializeKey(key));
  }

  /**
   * Deletes a content in its key's turn.
   *
   * @param mayDelete whether it is still to be deleted.
   * @param call makes the call, which asks what it is handed right before it begins.
   */
  async run(
    key: Key,
    mayDelete: () => boolean,
    call: (mayBegin: () => boolean) => Soon<void>,
  ): Promise<void> {
    const name = serializeKey(key);
    let over = (): void => undefined;
    const end = new Promise<void>((resolve) => {
      over = resolve;
    });
    try {
      await call(() => {
        const isToBegin = mayDelete();
        if (isToBegin) this.#underWay.set(name, end);
        return isToBegin;
      });
    } finally {
      this.#underWay.delete(name);
      over();
    }
  }
}
