import type { CommitParts } from '../branch/journal-committer.ts';
import { branchBusy, commitAttemptsMax } from '../branch/journal-committer.ts';

/** Where git-annex puts a tree on the branch, for one commit. */
const graftPath = 'export.tree';

const cleanupMessage = 'graft cleanup';

/**
 * Writes two commits on another one, of which the first has trees and the last has not; the last. Neither shows by
 * itself.
 *
 * @param trees at least one.
 * @throws GitError.
 */
export async function graftOf(
  trees: readonly string[],
  on: string,
  { commits, identity, system }: Pick<CommitParts, 'commits' | 'identity' | 'system'>,
): Promise<string> {
  const by = { identity: identity(), timeMs: system.clock.wallMs() };
  const files = trees.map((sha) => ({
    path: trees.length === 1 ? graftPath : `${graftPath}/${sha}`,
    content: { kind: 'tree' as const, sha },
  }));
  const graft = await commits.write({ ...by, parents: [on], message: 'graft', files });
  const tree = `${on}^{tree}`;
  return await commits.writeOfTree({ ...by, parents: [graft], message: cleanupMessage, tree });
}

/**
 * Has the history of the git-annex branch hold a tree, so that it is not collected and every clone has it
 * (spec/special-remotes.md section 8.1): one commit adds it at the top, the next takes it out again. Durable.
 *
 * @throws Error when others keep moving the branch; GitError.
 */
export async function keepTree(
  tree: string,
  { commits, journal, reader, ref, identity, system, directory }: CommitParts,
): Promise<void> {
  const lock = await journal.lock();
  try {
    for (let attempt = 0; attempt < commitAttemptsMax; attempt += 1) {
      const tip = await reader.tip();
      if (tip === undefined) throw new Error(`${directory} has no git-annex branch yet`);
      const by = { commits, identity, system };
      const to = await graftOf([tree], tip, by);
      const note = { message: cleanupMessage, identity: identity() };
      if (await ref.move({ from: tip, to }, note)) return;
    }
    throw branchBusy(directory);
  } finally {
    lock.release();
    await lock.released;
  }
}
