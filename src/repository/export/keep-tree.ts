import type { CommitParts } from '../branch/journal-committer.ts';
import { branchBusy, commitAttemptsMax } from '../branch/journal-committer.ts';

/** Where git-annex puts a tree on the branch, for one commit. */
const graftPath = 'export.tree';

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
      const by = { identity: identity(), timeMs: system.clock.wallMs() };
      const graft = await commits.write({
        ...by,
        parents: [tip],
        message: 'graft',
        files: [{ path: graftPath, content: { kind: 'tree', sha: tree } }],
      });
      const message = 'graft cleanup';
      const to = await commits.writeOfTree({
        ...by,
        parents: [graft],
        message,
        tree: `${tip}^{tree}`,
      });
      if (await ref.move({ from: tip, to }, { message, identity: by.identity })) return;
    }
    throw branchBusy(directory);
  } finally {
    lock.release();
    await lock.released;
  }
}
