import type { Key } from '../../key/index.ts';
import type { StorageNode } from '../../nodes/index.ts';
import type { LocationChange } from '../../repository/index.ts';

/**
 * Has the logs say of a key at a node what is there, after an act whose end is not known.
 *
 * @param about.pending the act, where a peer may still be busy with it: what it has not done yet is
 * not logged as not done.
 * @returns whether the logs say it now.
 */
export async function settleAt(
  node: StorageNode,
  { key, pending }: { readonly key: Key; readonly pending?: 'store' | 'remove' | undefined },
  record: (change: Omit<LocationChange, 'repository'>) => Promise<void>,
): Promise<boolean> {
  const isPresent = await (node.settle?.(key) ?? node.has(key));
  const isDone = pending === undefined || isPresent === (pending === 'store');
  // Only what ends with this process, or has a turn in it, is over when it can be looked at.
  if (node.settle === undefined && !isDone) return false;
  await record({ key, isPresent, isCorrection: true });
  return true;
}
