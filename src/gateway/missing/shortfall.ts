import type { StorageNode } from '../../nodes/index.ts';
import type { Uuid } from '../../units/index.ts';
import { missingReasonOf, type MissingReason } from './missing-copy.ts';

/**
 * The nodes that one upload was to reach, as decided on all nodes of the cluster, whatever was
 * decided later without those that failed; and why it did not reach them.
 */
export class Shortfall {
  #chosen: readonly Uuid[] | undefined;
  readonly #whys = new Map<Uuid, MissingReason>();

  /** A decision; the first one counts. */
  chose(nodes: readonly Uuid[]): void {
    this.#chosen ??= nodes;
  }

  /** Nodes took nothing, or lost it. */
  failed(failures: ReadonlyMap<StorageNode, unknown>): void {
    for (const [{ uuid }, error] of failures) this.#whys.set(uuid, missingReasonOf(error));
  }

  /** The nodes that were chosen and have nothing, with the reason, once it is known which have. */
  lacking(holders: readonly Uuid[]): ReadonlyMap<Uuid, MissingReason> {
    const lacking = (this.#chosen ?? []).filter((node) => !holders.includes(node));
    return new Map(lacking.map((node) => [node, this.#whys.get(node) ?? 'failed']));
  }
}
