import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExportRemote } from '../../../src/gateway/exports/remote/export-remote.ts';
import { ExportedTrees } from '../../../src/gateway/exports/exported-trees.ts';
import { exportTree } from '../../../src/gateway/exports/exporter.ts';
import type { ExportReport } from '../../../src/gateway/exports/export-plan.ts';
import { keyFile, serializeKey, type Key } from '../../../src/key/index.ts';
import type { ExportStore, StorageNode } from '../../../src/nodes/index.ts';
import { DirectoryExport } from '../../../src/nodes/special/directory/directory-export.ts';
import { ExportedPieces } from '../../../src/nodes/special/export/exported-pieces.ts';
import {
  AnnexBranch,
  createRepository,
  exportLogPath,
  setExport,
  stampOf,
  thisMachine,
  writeFirstCommit,
} from '../../../src/repository/index.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { specialNode, store as storeOn } from '../../nodes/special/special-nodes.ts';

const writer = imaginaryUuid(1);
const uuid = imaginaryUuid(2);

/** A tree of a test: of each path a key, or the text of a file that is not annexed. */
export type TreeFiles = Readonly<Record<string, Key | string>>;

/** A repository with branches, and a directory that they are exported to. */
export class ExportBench {
  readonly directory: string;
  readonly branch: AnnexBranch;
  readonly source: MemoryNode = new MemoryNode({ uuid: imaginaryUuid(3), name: 'source' });
  readonly at: string = temporaryDirectory();
  readonly exported: ExportedTrees;
  /** Keys that the remote was logged to have. */
  readonly held: string[] = [];
  readonly store: ExportStore;

  constructor(directory: string, branch: AnnexBranch) {
    this.directory = directory;
    this.branch = branch;
    this.exported = new ExportedTrees(branch);
    const disk = thisMachine.disks.at(this.at);
    this.store = new DirectoryExport({
      directory: this.at,
      disk,
      system: thisMachine,
      reserveBytes: 0,
    });
  }

  static async open(
    trees: Readonly<Record<string, TreeFiles>>,
    contents: readonly (readonly [key: Key, text: string])[],
  ): Promise<ExportBench> {
    const directory = join(temporaryDirectory(), 'gateway');
    await createRepository(directory, { uuid: writer, branch: [{ path: 'uuid.log', text: '' }] });
    for (const [name, files] of Object.entries(trees)) await commitTree(directory, name, files);
    const bench = new ExportBench(directory, await AnnexBranch.open(directory));
    for (const [key, text] of contents) await storeOn(bench.source, key, Buffer.from(text));
    return bench;
  }

  get node(): StorageNode {
    return specialNode({ store: new ExportedPieces(this.store, this.exported.placesOn(uuid)) });
  }

  async export(
    ref: string,
    {
      store = this.store,
      exported = this.exported,
      signal = new AbortController().signal,
    }: { store?: ExportStore; exported?: ExportedTrees; signal?: AbortSignal } = {},
  ): Promise<ExportReport | undefined> {
    const { branch, source, held } = this;
    const remote = new ExportRemote({
      store,
      trees: branch.trees,
      sources: async function* () {
        yield* await Promise.resolve([{ get: (key: Key) => source.get(key, 0) }]);
      },
      inTurn: (_key, act) => act(),
      signal,
      silent: () => undefined,
      corrected: () => Promise.resolve(false),
      held: (key) => {
        held.push(serializeKey(key));
        return Promise.resolve();
      },
    });
    return await exportTree(`refs/heads/${ref}`, {
      branch,
      exported,
      clock: thisMachine.clock,
      writer,
      uuid,
      remote,
      unwanted: () => Promise.resolve([]),
    });
  }

  /** What export.log says of the remote, by whom. */
  async logged(): Promise<Readonly<Record<string, readonly string[]>>> {
    const lines = await this.exported.logged(uuid);
    return Object.fromEntries(lines.map((line) => [line.writer, line.trees]));
  }

  /** Has another repository have exported trees to the remote. */
  async exportedBy(another: typeof writer, trees: readonly string[]): Promise<void> {
    const now = stampOf(thisMachine.clock.wallMs());
    const edit = (log: string): string =>
      setExport(log, { remote: uuid, writer: another, trees, now });
    await this.branch.change([{ path: exportLogPath, edit }]);
  }

  async treeOf(ref: string): Promise<string> {
    return (await this.branch.trees.treeOf(`refs/heads/${ref}`)) ?? '';
  }

  async placesOf(key: Key): Promise<readonly string[]> {
    return await this.exported.placesOn(uuid).of(key);
  }

  files(): Record<string, string> {
    const names = readdirSync(this.at, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(this.at, name)).isFile(),
    );
    return Object.fromEntries(names.map((name) => [name, this.text(name)]));
  }

  text(path: string): string {
    return readFileSync(join(this.at, path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.at, path)), { recursive: true });
    writeFileSync(join(this.at, path), text);
  }
}

async function commitTree(directory: string, name: string, files: TreeFiles): Promise<void> {
  await writeFirstCommit(directory, {
    ref: `refs/heads/${name}`,
    message: name,
    clock: thisMachine.clock,
    files: Object.entries(files).map(([path, content]) =>
      typeof content === 'string'
        ? { path, text: content }
        : { path, isLink: true, text: `.git/annex/objects/${keyFile(content)}` },
    ),
  });
}
