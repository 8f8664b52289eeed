import { isExportPath } from '../../nodes/index.ts';
import type { FileOfTree } from '../../repository/index.ts';
import { asError } from '../../units/index.ts';
import type { CountedReport, Unseen } from './counted-report.ts';
import { emptiedDirectories } from './emptied-directories.ts';
import { leavingPaths, type EarlierTree } from './export-plan.ts';
import type { ExportedTrees } from './exported-trees.ts';
import type { ExportRemote } from './remote/export-remote.ts';

/** What paths are cleared by. */
export interface ClearingParts {
  readonly exported: Pick<ExportedTrees, 'knownFilesOf'>;
  readonly remote: Pick<ExportRemote, 'assertGoesOn' | 'takeOff' | 'removeDirectory'>;
  readonly report: CountedReport;
  readonly unseen: Unseen;
}

/** What is left of earlier trees. */
export interface Left {
  /** Paths that could not be cleared. */
  readonly paths: ReadonlySet<string>;
  /** Those paths by the trees that have them. */
  readonly byTree: ReadonlyMap<string, ReadonlySet<string>>;
  /** Trees that cannot be read. */
  readonly unknown: readonly string[];
}

/**
 * Clears every path of the earlier trees that the new one has not, or has with another content, and then the directories
 * that no file of a tree is left in. What is told of it is added to the report: a path that fails is in what is left.
 *
 * @param earlier SHAs of trees.
 * @param files of the new tree.
 * @throws what ends the export.
 */
export async function clearPaths(
  earlier: readonly string[],
  files: readonly FileOfTree[],
  { exported, remote, report, unseen }: ClearingParts,
): Promise<Left> {
  const olds: EarlierTree[] = [];
  for (const tree of earlier) {
    const known = await exported.knownFilesOf(tree);
    if (known.kind === 'known') olds.push({ tree, files: known.files });
    else report.unknown.push([tree, known.why]);
  }
  const byTree = new Map<string, Set<string>>();
  const paths = new Set<string>();
  const gone: string[] = [];
  for (const leaving of leavingPaths(olds, files)) {
    const { path, trees } = leaving;
    if (!isExportPath(path)) continue;
    remote.assertGoesOn();
    try {
      const outcome = await remote.takeOff(leaving);
      if (outcome === 'foreign') report.foreign.push(path);
      else gone.push(path);
      if (outcome !== 'gone') for (const { key } of leaving.olds) unseen.add(key, path);
    } catch (error) {
      remote.assertGoesOn();
      report.failed.push([path, asError(error).message]);
      paths.add(path);
      for (const tree of trees) byTree.set(tree, (byTree.get(tree) ?? new Set()).add(path));
    }
  }
  // What a tree that cannot be read has in a directory is not known.
  if (report.unknown.length === 0) {
    const kept = [...files.map(({ path }) => path), ...paths, ...report.foreign];
    await clearDirectories(emptiedDirectories(gone, kept), { remote, report });
  }
  return { paths, byTree, unknown: report.unknown.map(([tree]) => tree) };
}

async function clearDirectories(
  directories: readonly string[],
  { remote, report }: Pick<ClearingParts, 'remote' | 'report'>,
): Promise<void> {
  for (const path of directories) {
    remote.assertGoesOn();
    try {
      await remote.removeDirectory(path);
    } catch (error) {
      remote.assertGoesOn();
      report.failed.push([`${path}/`, asError(error).message]);
    }
  }
}
