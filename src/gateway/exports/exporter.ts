import { serializeKey, type Key } from '../../key/index.ts';
import { isExportPath } from '../../nodes/index.ts';
import {
  emptyTree,
  exportLogPath,
  setExport,
  stampOf,
  type AnnexBranch,
  type FileOfTree,
} from '../../repository/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { Uuid } from '../../units/index.ts';
import type { ExportedTrees } from './exported-trees.ts';
import { placesOf } from './exported-trees.ts';
import { leavingPaths, type ExportReport } from './export-plan.ts';
import type { ExportRemote } from './export-remote.ts';

/** What an export works on. */
export interface ExporterParts {
  readonly branch: Pick<AnnexBranch, 'read' | 'change' | 'trees' | 'keepTree'>;
  readonly exported: ExportedTrees;
  readonly clock: Clock;
  /** The gateway. */
  readonly writer: Uuid;
  readonly uuid: Uuid;
  readonly remote: ExportRemote;
  /** The paths of a tree that the remote does not want. */
  readonly unwanted: (files: readonly FileOfTree[]) => Promise<readonly string[]>;
}

/**
 * Brings a remote to a tree (spec/special-remotes.md section 8.2):
 *
 * 1. What cannot or shall not be exported is left out of the tree: other links, other repositories, what the remote
 *    does not want.
 * 2. The tree is made to be kept, and export.log gets it as one whose export was begun, beside those before it. Both
 *    are durable: from here on, whoever looks for a content looks at the places of all of them.
 * 3. Every path of the earlier trees that the new one has not, or has with another content, is cleared: a content
 *    that is annexed is kept below `.git/annex/objects/`.
 * 4. export.log gets the new tree alone, in the lines of all who have exported to the remote.
 * 5. Every path of the new tree gets its content, first from below `.git/annex/objects/`.
 *
 * At each moment a content is at one of the places where it is looked for, so that nothing is lost by a crash. After
 * one before 4, the next export does 3 for all trees that the log has; after 4, it does 5 again. A path that fails in
 * 3 keeps the log as it is, one that fails in 5 nothing.
 *
 * @returns `undefined` where there is no such branch, or no such directory in it.
 */
export async function exportTree(
  treeish: string,
  parts: ExporterParts,
): Promise<ExportReport | undefined> {
  const { branch, exported, uuid, remote } = parts;
  const whole = await branch.trees.treeOf(treeish);
  if (whole === undefined) return undefined;
  const { files: all, others } = await exported.filesOf(whole);
  const refused = all.flatMap(({ path }) => (isExportPath(path) ? [] : [path]));
  const without = new Set([...refused, ...(await parts.unwanted(all))]);
  const files = all.filter(({ path }) => !without.has(path));
  const tree = await branch.trees.without(whole, [...others, ...without]);
  const report = { stored: 0, missing: [], foreign: [], refused, failed: [] } as Counted;
  const earlier = await exported.treesOf(uuid);
  if (earlier.length !== 1 || earlier[0] !== tree) {
    await branch.keepTree(tree);
    await begin(tree, parts);
    await clearPaths(earlier, files, { parts, report });
    if (report.failed.length > 0) return report;
    await end(tree, parts);
  }
  const places = placesOf(files);
  for (const file of files) await fill(file, places, { remote, report });
  return report;
}

/** Has the paths of one key have its content, now that it has come from somewhere. */
export async function exportKey(
  key: Key,
  paths: readonly string[],
  remote: ExportRemote,
): Promise<void> {
  for (const path of paths) {
    const others = paths.filter((other) => other !== path);
    await remote.fillKey(key, path, others);
  }
}

interface Counted extends ExportReport {
  stored: number;
  readonly missing: string[];
  readonly foreign: string[];
  readonly failed: (readonly [path: string, why: string])[];
}

async function clearPaths(
  earlier: readonly string[],
  files: readonly FileOfTree[],
  { parts, report }: { readonly parts: ExporterParts; readonly report: Counted },
): Promise<void> {
  const { exported, remote } = parts;
  const olds = await Promise.all(earlier.map(async (tree) => (await exported.filesOf(tree)).files));
  for (const leaving of leavingPaths(olds, files)) {
    const { path } = leaving;
    if (!isExportPath(path)) continue;
    try {
      if ((await remote.takeOff(leaving)) === 'foreign') report.foreign.push(path);
    } catch (error) {
      report.failed.push([path, messageOf(error)]);
    }
  }
}

async function fill(
  file: FileOfTree,
  places: ReadonlyMap<string, readonly string[]>,
  { remote, report }: { readonly remote: ExportRemote; readonly report: Counted },
): Promise<void> {
  const { key, path } = file;
  const all = key === undefined ? [] : (places.get(serializeKey(key)) ?? []);
  const others = all.filter((other) => other !== path);
  try {
    const outcome = await remote.fill(file, others);
    if (outcome === 'stored') report.stored += 1;
    if (outcome === 'missing') report.missing.push(path);
    if (outcome === 'foreign' && !report.foreign.includes(path)) report.foreign.push(path);
  } catch (error) {
    report.failed.push([path, messageOf(error)]);
  }
}

/** The tree is written as one more that the remote may have files of. */
async function begin(
  tree: string,
  { branch, clock, writer, exported, uuid }: ExporterParts,
): Promise<void> {
  const own = (await exported.logged(uuid)).find((line) => line.writer === writer);
  const [ended = emptyTree, ...begun] = own?.trees ?? [];
  const trees = [ended, ...new Set([...begun, tree])];
  const now = stampOf(clock.wallMs());
  await branch.change([
    {
      path: exportLogPath,
      edit: (log) => setExport(log, { writer, remote: uuid, trees, now }),
    },
  ]);
}

/** As git-annex does, in the lines of others, too: nothing of their trees is there any more. */
async function end(
  tree: string,
  { branch, clock, writer, exported, uuid }: ExporterParts,
): Promise<void> {
  const writers = new Set([writer, ...(await exported.logged(uuid)).map((line) => line.writer)]);
  const now = stampOf(clock.wallMs());
  await branch.change([
    {
      path: exportLogPath,
      edit: (log) =>
        [...writers].reduce(
          (text, one) => setExport(text, { writer: one, remote: uuid, trees: [tree], now }),
          log,
        ),
    },
  ]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
