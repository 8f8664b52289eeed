/** Exports that break off at any step, and others who change the remote meanwhile. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExportRemote } from '../../../src/gateway/exports/remote/export-remote.ts';
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
  thisMachine,
  writeFirstCommit,
} from '../../../src/repository/index.ts';
import { git } from '../../support/git-annex.ts';
import { isLong, someOf } from '../../support/long.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { dying } from './dying-store.ts';
import { read, specialNode, store as storeOn } from '../../nodes/special/special-nodes.ts';

const never = new AbortController().signal;
const writer = imaginaryUuid(1);
const uuid = imaginaryUuid(2);
const contents = ['one', 'two', 'thr', 'fou'];
const keyOf = (text: string): Key => sha256Key(Buffer.from(text));
const keyOne = keyOf('one');
const keyTwo = keyOf('two');
const keyThree = keyOf('thr');
const keyFour = keyOf('fou');

/** All contents have one size, so that only their bytes tell them apart. */
const trees = {
  first: { a: keyOne, b: keyTwo, 'sub/c': keyThree, dup: keyOne, plain: 'git' },
  second: { a: keyTwo, b: keyOne, d: keyThree, 'sub/c': keyFour, plain: 'tig', more: 'git' },
};

let directory: string;
let branch: AnnexBranch;
let source: MemoryNode;

beforeAll(async () => {
  directory = join(temporaryDirectory(), 'gateway');
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
  branch = await AnnexBranch.open(directory);
  source = new MemoryNode({ uuid: imaginaryUuid(3), name: 'source' });
  for (const text of contents) await storeOn(source, keyOf(text), Buffer.from(text));
});

afterAll(async () => {
  await branch.close();
});

/** A remote of its own, in the one repository. */
class Remote {
  readonly at = temporaryDirectory();
  readonly exported = new ExportedTrees(branch);
  readonly uuid = uuid;
  readonly held: string[] = [];
  readonly whole: ExportStore;

  constructor() {
    const disk = thisMachine.disks.at(this.at);
    const place = { directory: this.at, disk, system: thisMachine, reserveBytes: 0 };
    this.whole = new DirectoryExport(place);
  }

  async forget(): Promise<void> {
    await branch.change([{ path: 'export.log', edit: () => '' }]);
    await branch.flush();
  }

  get node(): StorageNode {
    return specialNode({ store: new ExportedPieces(this.whole, this.exported.placesOn(uuid)) });
  }

  remote(store: ExportStore, sources: readonly StorageNode[]): ExportRemote {
    return new ExportRemote({
      store,
      trees: branch.trees,
      sources: async function* () {
        yield* await Promise.resolve(
          sources.map((one) => ({ get: (key: Key) => one.get(key, 0) })),
        );
      },
      inTurn: (_key, act) => act(),
      signal: never,
      silent: () => undefined,
      corrected: () => Promise.resolve(false),
      held: (key) => {
        this.held.push(serializeKey(key));
        return Promise.resolve();
      },
    });
  }

  async export(
    ref: string,
    by: { store?: ExportStore; sources?: readonly StorageNode[]; unwanted?: string[] } = {},
  ): Promise<ExportReport | undefined> {
    return await exportTree(`refs/heads/${ref}`, {
      branch,
      exported: this.exported,
      clock: thisMachine.clock,
      writer,
      uuid,
      remote: this.remote(by.store ?? this.whole, by.sources ?? [source]),
      unwanted: () => Promise.resolve(by.unwanted ?? []),
    });
  }

  async trees(): Promise<readonly string[]> {
    return await this.exported.treesOf(uuid);
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

async function newRemote(): Promise<Remote> {
  const remote = new Remote();
  await remote.forget();
  return remote;
}

/** Changes that the second export makes, and one more. */
const changesMax = 12;

const second = {
  a: 'two',
  b: 'one',
  d: 'thr',
  'sub/c': 'fou',
  plain: 'tig',
  more: 'git',
};

describe('an export', () => {
  it('has the files of the tree, and below .git/annex/objects what the tree has no more', async () => {
    const remote = await newRemote();
    expect(await remote.export('first')).toMatchObject({ stored: 5, missing: [], failed: [] });
    expect(remote.files()).toEqual({
      a: 'one',
      b: 'two',
      'sub/c': 'thr',
      dup: 'one',
      plain: 'git',
    });
    await remote.export('second', { sources: [] });
    const { 'sub/c': missing, ...there } = second;
    expect(missing).toBe('fou');
    expect(remote.files()).toEqual(there);
    expect(await remote.trees()).toHaveLength(1);
  });

  it.each([true, false])(
    'that breaks off after any change (done: %s) loses nothing, and is gone on with',
    async (isLastDone) => {
      let ends = 0;
      for (const changes of someOf(
        Array.from({ length: changesMax }, (_, at) => at + 1),
        2,
      )) {
        const remote = await newRemote();
        await remote.export('first');
        const store = dying(remote.whole, changes, isLastDone);
        const broken = await remote.export('second', { store });
        if (broken?.failed.length === 0) ends += 1;
        for (const key of [keyOne, keyTwo, keyThree]) {
          expect(sha256Key(await read(remote.node, key)), `${changes}`).toEqual(key);
        }

        const report = await remote.export('second');

        expect(report?.failed).toEqual([]);
        expect(report?.foreign).toEqual([]);
        expect(remote.files()).toEqual(second);
        expect(await remote.trees()).toHaveLength(1);
      }
      // The last of all possible ones is the first that comes to the end.
      expect(ends).toBe(isLong ? 1 : 0);
    },
  );

  it('that is gone on with knows what was put meanwhile by its bytes', async () => {
    const remote = await newRemote();
    await remote.export('first', { sources: [source] });
    // All are off their paths, and the log does not say so yet.
    const broken = await remote.export('second', { store: dying(remote.whole, 5, true) });
    expect(broken?.failed).not.toEqual([]);
    expect((await remote.trees()).length).toBeGreaterThan(1);
    await storeOn(remote.node, keyFour, Buffer.from('fou'));
    expect(await remote.node.has(keyFour)).toBe(true);

    await remote.export('second', { sources: [] });

    expect(remote.files()).toEqual(second);
  });

  it('leaves alone what somebody else has put into the tree, and tells of it', async () => {
    const remote = await newRemote();
    await remote.export('first');
    remote.write('sub/c', 'by another');

    const report = await remote.export('second');

    expect(report?.foreign).toEqual(['sub/c']);
    expect(remote.text('sub/c')).toBe('by another');
  });

  it('copies nothing that is not the content of its key', async () => {
    const remote = await newRemote();
    const wrong = new MemoryNode({ uuid: imaginaryUuid(3), name: 'source' });
    await storeOn(wrong, keyOne, Buffer.from('eno'));

    const report = await remote.export('first', { sources: [wrong] });

    expect(report?.failed.map(([path]) => path)).toEqual(['a', 'dup']);
    expect(remote.files()).toEqual({ plain: 'git' });
    expect(remote.held).toEqual([]);
  });

  it('leaves out what is not wanted, of the tree in the log, too', async () => {
    const remote = await newRemote();
    await remote.export('first', { unwanted: ['a', 'sub/c'] });
    expect(Object.keys(remote.files()).sort()).toEqual(['b', 'dup', 'plain']);
    const [tree = ''] = await remote.trees();
    expect(git(directory, 'ls-tree', '-r', '--name-only', tree).trim().split('\n')).toEqual([
      'b',
      'dup',
      'plain',
    ]);
  });

  it('has a content at all of its places once it comes', async () => {
    const remote = await newRemote();
    await remote.export('first', { sources: [] });
    expect(remote.files()).toEqual({ plain: 'git' });
    await storeOn(remote.node, keyOne, Buffer.from('one'));

    const paths = await remote.exported.placesOn(uuid).of(keyOne);
    await exportKey(keyOne, paths, remote.remote(remote.whole, []));

    expect(remote.files()).toEqual({ a: 'one', dup: 'one', plain: 'git' });
  });

  it('takes up what another program has left on its way', async () => {
    const remote = await newRemote();
    await remote.export('first', { sources: [] });
    remote.write(`.git-annex-tmp-content-${keyFile(keyTwo)}`, 'two');
    await remote.export('first', { sources: [] });
    expect(remote.files()).toEqual({ b: 'two', plain: 'git' });
    remote.write(`.git-annex-tmp-content-${keyFile(keyThree)}`, 'thr');
    await remote.export('second', { sources: [] });
    expect(remote.text('d')).toBe('thr');
  });

  it('has its tree in the history of the branch', async () => {
    const remote = await newRemote();
    await remote.export('first', { unwanted: ['plain'] });
    await branch.flush();
    const [tree = ''] = await remote.trees();
    const grafted = git(
      directory,
      'log',
      '--format=%H',
      '--grep=^graft$',
      '-1',
      'git-annex',
    ).trim();
    expect(git(directory, 'rev-parse', `${grafted}:export.tree`).trim()).toBe(tree);
    expect(git(directory, 'ls-tree', '--name-only', 'git-annex')).not.toContain('export.tree');
  });
});
