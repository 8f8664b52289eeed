import type { StorageNode } from '../../nodes/index.ts';

/**
 * Asks all nodes at once; an error is the answer of a node that could not be asked.
 */
export async function askAll<T>(
  nodes: readonly StorageNode[],
  question: (node: StorageNode) => Promise<T>,
): Promise<{ answered: Map<StorageNode, T>; failed: Map<StorageNode, unknown> }> {
  const answered = new Map<StorageNode, T>();
  const failed = new Map<StorageNode, unknown>();
  await Promise.all(
    nodes.map(async (node) => {
      try {
        answered.set(node, await question(node));
      } catch (error) {
        failed.set(node, error);
      }
    }),
  );
  return { answered, failed };
}
