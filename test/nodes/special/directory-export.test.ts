import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DirectoryExport } from '../../../src/nodes/special/directory/directory-export.ts';
import { exportObjectPath, isExportPath } from '../../../src/nodes/special/export/export-paths.ts';
import type { ExportStore } from '../../../src/nodes/special/export/export-store.ts';
import { ExportedPieces } from '../../../src/nodes/special/export/exported-pieces.ts';
import { serializeKey } from '../../../src/key/index.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { describeStorageNode } from '../storage-node-suite.ts';
import { describeExportStore } from './export/export-store-suite.ts';
import { SaidPlaces } from './export/said-places.ts';
import { visibleFiles } from './export/visible-files.ts';
import { read, specialNode, store } from './special-nodes.ts';

function directoryExport(directory: string): DirectoryExport {
  const disk = thisMachine.disks.at(directory);
  return new DirectoryExport({ directory, disk, system: thisMachine, reserveBytes: 0 });
}

describeExportStore('a directory', {
  make: () => {
    const directory = temporaryDirectory();
    return Promise.resolve({
      store: directoryExport(directory),
      files: () => visibleFiles(directory),
    });
  },
});

describeStorageNode('a directory that trees are exported to', {
  make: () => {
    const exported = directoryExport(temporaryDirectory());
    return specialNode({ store: new ExportedPieces(exported, new SaidPlaces()) });
  },
  cannot: {
    lock: 'a special remote keeps no locks',
    resume: 'a file of a tree is sent whole',
  },
});

const content = Buffer.from('content');
const key = sha256Key(content);
const objectPath = exportObjectPath(key, undefined);
const never = new AbortController().signal;

describe('a directory that trees are exported to', () => {
  let directory: string;
  let places: SaidPlaces;
  const told: string[] = [];
  const node = (): ReturnType<typeof specialNode> =>
    specialNode({
      store: new ExportedPieces(directoryExport(directory), places),
      told: (what) => told.push(what),
    });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  };

  beforeEach(() => {
    directory = temporaryDirectory();
    places = new SaidPlaces();
    told.length = 0;
  });

  it('has what is in no tree where git-annex has it, with its mode', async () => {
    await store(node(), key, content);

    expect(readFileSync(join(directory, objectPath))).toEqual(content);
    expect(statSync(join(directory, objectPath)).mode & 0o777).toBe(0o444);
  });

  it('is given what the tree has below .git/annex/objects, too, whence an export takes it', async () => {
    places.paths.set(serializeKey(key), ['taken', 'taken/below', 'free', 'n'.repeat(256)]);
    write('taken', 'by somebody else');

    await store(node(), key, content);

    expect(readFileSync(join(directory, objectPath))).toEqual(content);
    expect(readFileSync(join(directory, 'taken'), 'utf8')).toBe('by somebody else');
    expect(readdirSync(directory).sort()).toEqual(['.git', 'taken']);
    expect(await read(node(), key)).toEqual(content);
  });

  it('is read below .git/annex/objects first, as nobody else writes there', async () => {
    places.paths.set(serializeKey(key), ['a']);
    await store(node(), key, content);
    write('a', 'CONTENT');
    expect(await read(node(), key)).toEqual(content);
  });

  it('has a content that moves between its place and there while it is looked for', async () => {
    places.paths.set(serializeKey(key), ['a']);
    write('a', 'content');
    const exported: ExportStore = directoryExport(directory);
    let isMoved = false;
    const moving: ExportStore = {
      look: async (path) => {
        const found = await exported.look(path, key);
        if (!isMoved) await exported.rename('a', objectPath, key);
        isMoved = true;
        return found;
      },
      get: (...asked) => exported.get(...asked),
      put: (file) => exported.put(file),
      remove: (...asked) => exported.remove(...asked),
      rename: (...asked) => exported.rename(...asked),
      probe: (kind) => exported.probe(kind),
      close: () => exported.close(),
    };
    const pieces = new ExportedPieces(moving, places);
    expect(await specialNode({ store: pieces }).has(key)).toBe(true);
    expect(isMoved).toBe(true);
  });

  it('keeps the directory where uploads begin, though it is empty', async () => {
    await store(node(), key, content);
    rmSync(join(directory, '.git/annex/tmp'), { recursive: true });
    expect(await node().remove(key, { signal: never })).toBe('removed');
    expect(readdirSync(join(directory, '.git/annex'))).toEqual([]);
  });

  it.each([
    ['n'.repeat(255), true],
    ['n'.repeat(256), false],
    ['ü'.repeat(128), false],
    [`${'n'.repeat(200)}/`.repeat(17).slice(0, -1), true],
    [`${'n'.repeat(200)}/`.repeat(18).slice(0, -1), false],
    ['a/../b', false],
    ['.GIT/hooks/x', false],
  ])('can have %s as a file of a tree: %s', (path, can) => {
    expect(isExportPath(path)).toBe(can);
  });

  it('has a content at any of its places, and else below .git/annex/objects', async () => {
    places.paths.set(serializeKey(key), ['a', 'b']);
    expect(await node().has(key)).toBe(false);
    write(objectPath, 'content');
    expect(await node().has(key)).toBe(true);
    write('a', 'of another size');
    write('b', 'content');
    expect(await read(node(), key)).toEqual(content);
    rmSync(join(directory, objectPath));
    rmSync(join(directory, 'b'));
    expect(await node().has(key)).toBe(false);
    expect(told).toEqual([`${serializeKey(key)} has another size`]);
  });

  it('does not remove what the tree has, and says why', async () => {
    places.paths.set(serializeKey(key), ['a', 'b']);
    await store(node(), key, content);

    await expect(node().remove(key, { signal: never })).rejects.toThrow(
      /is in the exported tree, as a and 1 more/,
    );

    expect(await read(node(), key)).toEqual(content);
  });

  it('breaks off what was replaced in the tree before its end, and tells of it', async () => {
    places.paths.set(serializeKey(key), ['a']);
    write('a', 'CONTENT');

    await expect(read(node(), key)).rejects.toThrow('has another hash');
    expect(told).toEqual([`${serializeKey(key)} has another hash`]);
  });

  it('leaves no empty directory behind what went', async () => {
    await store(node(), key, content);
    expect(await node().remove(key, { signal: never })).toBe('removed');
    expect(readdirSync(join(directory, '.git/annex'))).toEqual(['tmp']);
  });

  it('that is gone is no empty one', async () => {
    rmSync(directory, { recursive: true });
    await expect(node().has(key)).rejects.toThrow('is not accessible');
    await expect(node().remove(key, { signal: never })).rejects.toThrow('is not accessible');
  });
});
