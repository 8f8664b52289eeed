import { InsecureKeyError, type StorageNode } from '../../nodes/index.ts';
import { DepositBusyError, KeyNotStorableError } from '../../repository/index.ts';

/** How often nodes failed, by name, for those who look after them. */
export class NodeFailures {
  readonly counts: Map<string, number> = new Map<string, number>();

  /** A key that nobody can store, or that somebody else is storing, is no fault of the node. */
  note(node: StorageNode, error: unknown): void {
    if (error instanceof KeyNotStorableError || error instanceof DepositBusyError) return;
    if (error instanceof InsecureKeyError) return;
    this.counts.set(node.name, (this.counts.get(node.name) ?? 0) + 1);
  }
}
