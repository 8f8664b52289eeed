import type { Uuid } from '../../units/index.ts';
import type { MissingCopy, MissingReason } from './missing-copy.ts';

/** What one node lacks, in sum. */
export interface Lack {
  readonly copies: number;
  /** Of the oldest copy that it lacks. */
  readonly sinceSeconds: number;
  readonly why: MissingReason;
}

/** How many copies each node lacks; all that memory holds of them. */
export class Lacks {
  readonly #byNode = new Map<Uuid, Lack>();

  get isEmpty(): boolean {
    return this.#byNode.size === 0;
  }

  /** Counts one more. */
  add({ node, sinceSeconds, why }: Omit<MissingCopy, 'key' | 'cluster'>): void {
    this.addLack(node, { copies: 1, sinceSeconds, why });
  }

  /** Counts what others have counted. */
  addAll(others: Lacks): void {
    for (const [node, lack] of others.entries()) this.addLack(node, lack);
  }

  /** By node. */
  entries(): IterableIterator<[Uuid, Lack]> {
    return this.#byNode.entries();
  }

  private addLack(node: Uuid, more: Lack): void {
    const now = this.#byNode.get(node);
    const oldest = now !== undefined && now.sinceSeconds <= more.sinceSeconds ? now : more;
    this.#byNode.set(node, { ...oldest, copies: (now?.copies ?? 0) + more.copies });
  }
}
