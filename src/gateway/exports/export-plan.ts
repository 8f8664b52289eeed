import { serializeKey } from '../../key/index.ts';
import type { FileOfTree } from '../../repository/index.ts';
import { exportKeyOf } from './exported-trees.ts';

/** A path whose content has to go, or to be another one. */
export interface Leaving {
  readonly path: string;
  /** What earlier trees had there, each once. */
  readonly olds: readonly FileOfTree[];
  /** Which of the earlier trees have these there. */
  readonly trees: readonly string[];
  /** What the new tree has there; `undefined` where it has nothing. */
  readonly next: FileOfTree | undefined;
  /** Whether the content can be none of these but the first of `olds`, as nobody was in the middle of an export. */
  readonly isSure: boolean;
}

/** A tree that a remote may have files of. */
export interface EarlierTree {
  /** Its SHA. */
  readonly tree: string;
  readonly files: readonly FileOfTree[];
}

/**
 * The paths of earlier trees that the new tree has not, or has with another content (spec/special-remotes.md
 * section 8.2, 1 and 2).
 *
 * @param olds the trees that the remote may have files of.
 */
export function leavingPaths(
  olds: readonly EarlierTree[],
  next: readonly FileOfTree[],
): readonly Leaving[] {
  const nexts = new Map(next.map((file) => [file.path, file]));
  const leaving = new Map<string, { readonly files: FileOfTree[]; readonly trees: string[] }>();
  for (const { tree, files } of olds) {
    for (const file of files) {
      const now = nexts.get(file.path);
      if (now !== undefined && isSame(now, file)) continue;
      const known = leaving.get(file.path) ?? { files: [], trees: [] };
      if (!known.files.some((one) => isSame(one, file))) known.files.push(file);
      known.trees.push(tree);
      leaving.set(file.path, known);
    }
  }
  return [...leaving].map(([path, { files, trees }]) => ({
    path,
    olds: files,
    trees,
    next: nexts.get(path),
    isSure: olds.length === 1,
  }));
}

function isSame(one: FileOfTree, other: FileOfTree): boolean {
  return serializeKey(exportKeyOf(one)) === serializeKey(exportKeyOf(other));
}

/** What came of an export. */
export interface ExportReport {
  /** How many files are at their places now that were not. */
  readonly stored: number;
  /** Paths whose content is nowhere to be had. */
  readonly missing: readonly string[];
  /** Paths where something is that is not what was exported there: it is left alone. */
  readonly foreign: readonly string[];
  /** Paths that a tree cannot be exported under. */
  readonly refused: readonly string[];
  /** Trees that the remote may have files of, and that cannot be read: their SHAs, each with why. */
  readonly unknown: readonly (readonly [tree: string, why: string])[];
  /** Paths that failed, each with why. */
  readonly failed: readonly (readonly [path: string, why: string])[];
  /** Paths of contents that the remote had by the log, and has under no name: the log was corrected. */
  readonly lost: readonly string[];
}

/** Most paths of a kind that are named. */
const namedMax = 20;

/** What the pusher is told of an export, and the log. */
export function wordsOfExport(remote: string, report: ExportReport): readonly string[] {
  const { stored, missing, foreign, refused, failed, unknown, lost } = report;
  const lines = [`ballast: export to ${remote}: ${stored} stored, ${missing.length} not available`];
  const named = (paths: readonly string[], why: string): void => {
    for (const path of paths.slice(0, namedMax)) lines.push(`  ${printable(path)} (${why})`);
    if (paths.length > namedMax) lines.push(`  and ${paths.length - namedMax} more (${why})`);
  };
  named(missing, 'not available; it is exported when its content arrives');
  named(lost, 'the remote had its content by the log, and has it no more; the log says so now');
  named(foreign, 'something else is there, which is left alone');
  named(refused, 'a name that cannot be exported');
  for (const [name, why] of [...unknown, ...failed].slice(0, namedMax))
    lines.push(`  ${printable(name)}: ${printable(why)}`);
  const more = unknown.length + failed.length - namedMax;
  if (more > 0) lines.push(`  and ${more} more failed`);
  return lines;
}

/** A name of a peer's without what would move the cursor of somebody's terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\uD800-\uDFFF]/gu, '?');
}
