import { emptyTree } from '../branch/commits.ts';
import type { CommitParts } from '../branch/journal-committer.ts';
import type { BranchReader } from '../branch/branch-reader.ts';
import { ObjectTooLargeError } from '../git/cat-file-answers.ts';
import { exportLogPath, treesOfExportLog } from '../logs/export-log.ts';
import { graftOf } from './keep-tree.ts';

/**
 * A commit with the files of another one, and with all trees in its history that its export.log names, as a commit
 * that begins a new history, or takes the lines of another version without that as its parent, has lost them
 * (spec/special-remotes.md section 8.1). Trees that are not here are left out.
 *
 * @param known a commit in its history, that has the trees of its own export.log in its history.
 * @returns the same commit where nothing is to be added.
 */
export async function keepingExportedTrees(
  commit: string,
  {
    known,
    reader,
    ...parts
  }: Pick<CommitParts, 'commits' | 'identity' | 'system'> & {
    readonly known: string | undefined;
    readonly reader: BranchReader;
  },
): Promise<string> {
  const kept = new Set(known === undefined ? [] : await treesIn(known, reader));
  const named = (await treesIn(commit, reader)).filter((tree) => !kept.has(tree));
  if (named.length === 0) return commit;
  const types = await parts.commits.types(named);
  const trees = named.filter((tree, at) => types[at] === 'tree' && tree !== emptyTree);
  return trees.length === 0 ? commit : await graftOf(trees, commit, parts);
}

async function treesIn(commit: string, reader: BranchReader): Promise<readonly string[]> {
  try {
    return treesOfExportLog((await reader.read(exportLogPath, commit)) ?? '');
  } catch (error) {
    if (error instanceof ObjectTooLargeError) return [];
    throw error;
  }
}
