import type { Key } from '../../key/index.ts';
import { NodeUnavailableError } from '../../nodes/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { BeyondMember } from './beyond-members.ts';

/** What may be in the members of a cluster that are not asked. */
export class Beyond {
  readonly #members: readonly BeyondMember[];
  readonly #locations: (key: Key) => Promise<readonly Uuid[]>;

  /** @param locations the repositories that the location log says have a key. */
  constructor(members: readonly BeyondMember[], locations: (key: Key) => Promise<readonly Uuid[]>) {
    this.#members = members;
    this.#locations = locations;
  }

  /** Why a key may still be in the cluster when all nodes that are asked have lost it, if it may. */
  async mayHold(key: Key): Promise<NodeUnavailableError | undefined> {
    const unknown = this.#members.find(({ kind }) => kind === 'gateway');
    const holder = unknown ?? (await this.#holders(key))[0];
    return holder && errorOf(holder);
  }

  /**
   * A key that no node has may be where nobody asks.
   *
   * @throws NodeUnavailableError when it is, by the location log. A special remote that has it does
   * not keep a client that asks whether it is present from storing it again.
   */
  async assertNotBeyond(key: Key, asked: 'presence' | 'content'): Promise<void> {
    const holders = await this.#holders(key);
    const holder = holders.find(({ kind }) => asked === 'content' || kind !== 'special');
    if (holder !== undefined) throw errorOf(holder);
  }

  async #holders(key: Key): Promise<readonly BeyondMember[]> {
    if (this.#members.length === 0) return [];
    const logged = await this.#locations(key);
    return this.#members.filter(({ uuid }) => logged.includes(uuid));
  }
}

function errorOf({ name, why }: BeyondMember): NodeUnavailableError {
  return new NodeUnavailableError(name, `it ${why}`);
}
