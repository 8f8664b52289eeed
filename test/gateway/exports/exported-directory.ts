/** A directory that trees of a repository are exported to, step by step and by several at once. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExportRemote } from '../../../src/gateway/exports/remote/export-remote.ts';
import { openRemote, type OpenedRemote } from '../../../src/gateway/exports/remote/open-remote.ts';
import type { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { ExportedTrees } from '../../../src/gateway/exports/exported-trees.ts';
import { exportKey, exportTree } from '../../../src/gateway/exports/exporter.ts';
import type { ExportReport } from '../../../src/gateway/exports/export-plan.ts';
import { keyFile, serializeKey, type Key } from '../../../src/key/index.ts';
import type { ExportStore, StorageNode } from '../../../src/nodes/index.ts';
import { DirectoryExport } from '../../../src/nodes/special/directory/directory-export.ts';
import { ExportedPieces } from '../../../src/nodes/special/export/exported-pieces.ts';
import {
  AnnexBranch,
  createRepository,
  GitConfig,
  thisMachine,
  writeFirstCommit,
} from '../../../src/repository/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { Turns } from '../../../src/waiting/index.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { specialNode } from '../../nodes/special/special-nodes.ts';

const writer = imaginaryUuid(1);
const never = new AbortController().signal;

/** A tree by its paths: keys, and the text of what is not annexed. */
export type Tree = Readonly<Record<string, Key | string>>;

/** A repository with trees, each as a branch. */
export async function repositoryWith(trees: Readonly<Record<string, Tree>>): Promise<AnnexBranch> {
  const directory = join(temporaryDirectory(), 'gateway');
  await createRepository(directory, { uuid: writer, branch: [{ path: 'uuid.log', text: '' }] });
  for (const [name, files] of Object.entries(trees)) {
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
  return await AnnexBranch.open(directory);
}

let remotes = 1;

/** What an export works with, where it is not all as usual. */
export interface ExportedWith {
  readonly store?: ExportStore;
  readonly sources?: readonly StorageNode[];
  /** In place of one that is asked without any watch. */
  readonly remote?: ExportRemote;
}

export class ExportedDirectory {
  readonly at = temporaryDirectory();
  readonly uuid: Uuid;
  readonly exported: ExportedTrees;
  readonly whole: ExportStore;
  /** Keys that were logged. */
  readonly held: string[] = [];
  /** Keys whose location logs were corrected, as if all were logged. */
  readonly corrected: string[] = [];
  readonly turns = new Turns(thisMachine.clock);
  readonly #branch: AnnexBranch;

  constructor(branch: AnnexBranch) {
    this.#branch = branch;
    remotes += 1;
    this.uuid = imaginaryUuid(remotes);
    this.exported = new ExportedTrees(branch);
    const disk = thisMachine.disks.at(this.at);
    this.whole = new DirectoryExport({
      directory: this.at,
      disk,
      system: thisMachine,
      reserveBytes: 0,
    });
  }

  node(store = this.whole): StorageNode {
    return specialNode({ store: new ExportedPieces(store, this.exported.placesOn(this.uuid)) });
  }

  remote({ store = this.whole, sources = [] }: ExportedWith = {}): ExportRemote {
    return new ExportRemote({
      store,
      trees: this.#branch.trees,
      sources: async function* () {
        yield* await Promise.resolve(
          sources.map((source) => ({ get: (key: Key) => source.get(key, 0) })),
        );
      },
      inTurn: (key, act) => this.turns.run(serializeKey(key), act),
      signal: never,
      silent: () => undefined,
      corrected: async (key) => {
        if (await this.node().has(key)) return false;
        this.corrected.push(serializeKey(key));
        return true;
      },
      held: async (key, isRight) => {
        const name = serializeKey(key);
        if (!this.held.includes(name) && (await isRight())) this.held.push(name);
      },
    });
  }

  async export(ref: string, by: ExportedWith = {}): Promise<ExportReport> {
    const { exported, uuid } = this;
    const report = await exportTree(`refs/heads/${ref}`, {
      branch: this.#branch,
      exported,
      clock: thisMachine.clock,
      writer,
      uuid,
      remote: by.remote ?? this.remote(by),
      unwanted: () => Promise.resolve([]),
    });
    if (report === undefined) throw new Error(`there is no ${ref}`);
    return report;
  }

  /** The remote as the gateway opens it, with one source. */
  async opened(
    store: ExportStore,
    { work, source }: { readonly work: NodeWork; readonly source: StorageNode },
  ): Promise<OpenedRemote & { readonly node: StorageNode }> {
    const pieces = new ExportedPieces(store, this.exported.placesOn(this.uuid));
    const node = specialNode({ store: pieces, exported: store });
    const config = await GitConfig.read(temporaryDirectory(), thisMachine.configurations);
    const opened = openRemote(this.uuid, node, {
      work,
      branch: this.#branch,
      signal: never,
      ownNode: () => source,
      locations: () => Promise.resolve([]),
      repository: { config },
      pool: { node: () => Promise.resolve(undefined) },
      topology: () =>
        Promise.resolve({
          remotes: [],
          proxied: new Map(),
          elsewhere: new Map(),
          dead: new Set(),
          gateways: new Set(),
          clusterNodes: new Map(),
          config,
          clusters: [],
          refusing: [],
          specials: new Map(),
          unapproved: [],
        }),
    });
    if (opened === undefined) throw new Error('no trees are exported to that');
    return { ...opened, node };
  }

  /** What is done once a key has come. */
  async arrived(key: Key): Promise<void> {
    await exportKey(key, await this.exported.settledPlaces(this.uuid, key), this.remote());
  }

  /** All files with what is in them, those below `.git/annex/objects/` by the name of their key. */
  files(): Record<string, string> {
    const names = readdirSync(this.at, { recursive: true, encoding: 'utf8' }).filter((name) =>
      statSync(join(this.at, name)).isFile(),
    );
    return Object.fromEntries(
      names.map((name) => [
        name.replace(/^\.git\/annex\/objects\/.*\//, 'objects/'),
        readFileSync(join(this.at, name), 'utf8'),
      ]),
    );
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.at, path)), { recursive: true });
    writeFileSync(join(this.at, path), text);
  }
}
