import type { Key } from '../../key/index.ts';
import type { ContentLock, StorageNode } from '../../nodes/index.ts';
import type { CopyProofs } from '../../placement/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { NodeWork } from '../nodes/node-work.ts';
import { askAll } from '../placing/ask-all.ts';

/** The best proof that a node can give of a copy; the gateway itself keeps locks. */
export function proofBy(node: StorageNode | undefined): keyof CopyProofs {
  return node?.keepsNoLocks === true ? 'verified' : 'locked';
}

/**
 * The copies that a drop rests on, locked where nodes lock contents, else asked for just now
 * (spec/expressions.md section 13). They are kept until `release`.
 */
export class ProvedCopies {
  readonly #locks: ReadonlyMap<StorageNode, ContentLock>;
  readonly #proofs: ReadonlyMap<Uuid, keyof CopyProofs>;
  /** Nodes that have said that they do not have it. */
  readonly without: readonly StorageNode[];
  readonly #broken = new AbortController();
  readonly #work: NodeWork;

  private constructor(
    work: NodeWork,
    locks: ReadonlyMap<StorageNode, ContentLock>,
    by: {
      readonly proofs: ReadonlyMap<Uuid, keyof CopyProofs>;
      readonly without: readonly StorageNode[];
    },
  ) {
    this.#work = work;
    this.#locks = locks;
    this.#proofs = by.proofs;
    this.without = by.without;
    for (const lock of locks.values()) {
      void lock.broken?.then((error) => this.#broken.abort(error));
    }
  }

  /** Locks, or asks for, the copies of all of some nodes that can be asked. */
  static async of(key: Key, nodes: readonly StorageNode[], work: NodeWork): Promise<ProvedCopies> {
    const asked = await askAll(nodes, (node) =>
      work.ask(node, () => node.lock(key), {
        kind: 'change',
        late: async (lock) => await lock?.release(),
      }),
    );
    const locks = new Map<StorageNode, ContentLock>();
    const proofs = new Map<Uuid, keyof CopyProofs>();
    for (const [node, lock] of asked.answered) {
      if (lock === undefined) continue;
      locks.set(node, lock);
      proofs.set(node.uuid, 'locked');
    }
    const unlocked = nodes.filter((node) => !locks.has(node));
    const seen = await askAll(unlocked, async (node) => await work.ask(node, () => node.has(key)));
    const without: StorageNode[] = [];
    for (const [node, isThere] of seen.answered) {
      if (isThere) proofs.set(node.uuid, 'verified');
      else without.push(node);
    }
    return new ProvedCopies(work, locks, { proofs, without });
  }

  /** How the copy of a repository is proved; `undefined` when it is not. */
  proofOf(repository: Uuid): keyof CopyProofs | undefined {
    return this.#proofs.get(repository);
  }

  /** Aborted when a copy may be kept no longer. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Lets go of the copies. */
  async release(): Promise<void> {
    for (const [node, lock] of this.#locks) {
      try {
        await this.#work.ask(node, () => lock.release(), { kind: 'change', isBegun: true });
      } catch (error) {
        this.#work.warn(`a content lock at ${node.name} did not end well`, error);
      }
    }
  }
}
