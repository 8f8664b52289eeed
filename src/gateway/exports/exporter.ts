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
import { asError, type Uuid } from '../../units/index.ts';
import { placesOf, type ExportedTrees } from './exported-trees.ts';
import { clearPaths, type Left } from './clear-paths.ts';
import { Unseen, type CountedReport } from './counted-report.ts';
import type { ExportReport } from './export-plan.ts';
import type { ExportRemote } from './remote/export-remote.ts';

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
 * one before 4, the next export does 3 for all trees that the log has; after 4, it does 5 again. Paths that fail in 3
 * stay in the log, as trees of them alone, which are tried again by the next export; they are not filled, and all
 * others are. So does a tree that cannot be read. What fails in 5 keeps nothing. A remote that does not answer any more
 * ends it as a crash does.
 *
 * A key that was to be somewhere and is under no name at the remote has its location log corrected.
 *
 * @returns `undefined` where there is no such branch, or no such directory in it.
 * @throws TREE_TOO_LARGE; what ends it, by the signal of the remote or as it does not answer.
 */
export async function exportTree(
  treeish: string,
  parts: ExporterParts,
): Promise<ExportReport | undefined> {
  return await parts.exported.whileReading(() => exportTreeNow(treeish, parts));
}

async function exportTreeNow(
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
  const report: CountedReport = {
    stored: 0,
    missing: [],
    foreign: [],
    refused,
    unknown: [],
    failed: [],
    lost: [],
  };
  const unseen = new Unseen();
  const earlier = await exported.treesOf(uuid);
  const stuck = new Set<string>();
  if (earlier.length !== 1 || earlier[0] !== tree) {
    if (!earlier.includes(tree)) {
      await branch.keepTree(tree);
      await begin(tree, parts);
    }
    const left = await clearPaths(earlier, files, { exported, remote, report, unseen });
    for (const path of left.paths) stuck.add(path);
    await end(await treesAtEnd(tree, { left, files, earlier, parts }), parts);
  }
  const places = placesOf(files);
  for (const file of files) {
    remote.assertGoesOn();
    if (!stuck.has(file.path)) await fill(file, places, { remote, report, unseen });
  }
  await correct(unseen, { remote, report });
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

/**
 * What the log has when all is cleared that can be: the new tree and nothing else, where nothing is left. Else first
 * the new tree without the paths that could not be cleared, of which alone is known what they have; then, of each
 * earlier tree, these paths alone: of its others it must not be said any more that they have what they had, as
 * another content of the same size may soon be there; then the new tree, as one whose export did not end.
 */
async function treesAtEnd(
  tree: string,
  by: {
    readonly left: Left;
    readonly files: readonly FileOfTree[];
    readonly earlier: readonly string[];
    readonly parts: ExporterParts;
  },
): Promise<readonly string[]> {
  const { left, files, earlier, parts } = by;
  const { branch, exported } = parts;
  if (left.paths.size === 0) return [tree, ...left.unknown];
  const pathsOf = (some: readonly FileOfTree[], isLeft: (path: string) => boolean): string[] =>
    some.flatMap(({ path }) => (isLeft(path) ? [path] : []));
  const trees = [
    await branch.trees.without(
      tree,
      pathsOf(files, (path) => left.paths.has(path)),
    ),
  ];
  trees.push(...left.unknown);
  for (const [old, paths] of left.byTree) {
    const known = await exported.filesOf(old);
    const cleared = pathsOf(known.files, (path) => !paths.has(path));
    trees.push(await branch.trees.without(old, [...known.others, ...cleared]));
  }
  for (const one of trees) {
    if (!left.unknown.includes(one) && !earlier.includes(one)) await branch.keepTree(one);
  }
  return [...trees, tree];
}

async function fill(
  file: FileOfTree,
  places: ReadonlyMap<string, readonly string[]>,
  {
    remote,
    report,
    unseen,
  }: { readonly remote: ExportRemote; readonly report: CountedReport; readonly unseen: Unseen },
): Promise<void> {
  const { key, path } = file;
  const all = key === undefined ? [] : (places.get(serializeKey(key)) ?? []);
  const others = all.filter((other) => other !== path);
  try {
    const outcome = await remote.fill(file, others);
    if (outcome === 'stored') report.stored += 1;
    if (outcome === 'missing') report.missing.push(path);
    if (outcome === 'foreign' && !report.foreign.includes(path)) report.foreign.push(path);
    if (outcome === 'missing' || outcome === 'foreign') unseen.add(key, path);
    else unseen.seen(key);
  } catch (error) {
    remote.assertGoesOn();
    report.failed.push([path, asError(error).message]);
  }
}

async function correct(
  unseen: Unseen,
  { remote, report }: { readonly remote: ExportRemote; readonly report: CountedReport },
): Promise<void> {
  for (const { key, path } of unseen.all) {
    remote.assertGoesOn();
    try {
      if (await remote.corrected(key)) report.lost.push(path);
    } catch (error) {
      report.failed.push([path, asError(error).message]);
    }
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

/** As git-annex does, in the lines of others, too: nothing of their trees but what is said here is there any more. */
async function end(
  trees: readonly string[],
  { branch, clock, writer, exported, uuid }: ExporterParts,
): Promise<void> {
  const logged = await exported.logged(uuid);
  const told = [...new Set(trees)];
  const isSaid = logged.every((line) => line.trees.join(' ') === told.join(' '));
  // Each try of what goes on failing would be a commit otherwise.
  if (isSaid && logged.some((line) => line.writer === writer)) return;
  const writers = new Set([writer, ...logged.map((line) => line.writer)]);
  const now = stampOf(clock.wallMs());
  await branch.change([
    {
      path: exportLogPath,
      edit: (log) =>
        [...writers].reduce(
          (text, one) => setExport(text, { writer: one, remote: uuid, trees: told, now }),
          log,
        ),
    },
  ]);
}
