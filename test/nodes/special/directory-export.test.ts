import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DirectoryExport } from '../../../src/nodes/special/directory/directory-export.ts';
import { exportObjectPath } from '../../../src/nodes/special/export/export-paths.ts';
import { ExportedPieces } from '../../../src/nodes/special/export/exported-pieces.ts';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { describeStorageNode } from '../storage-node-suite.ts';
import { read, specialNode, store } from './special-nodes.ts';

/** An exported tree that is what a test says. */
class SaidPlaces {
  readonly paths = new Map<string, readonly string[]>();

  of(key: Key): Promise<readonly string[]> {
    return Promise.resolve(this.paths.get(serializeKey(key)) ?? []);
  }
}

function directoryExport(directory: string): DirectoryExport {
  const disk = thisMachine.disks.at(directory);
  return new DirectoryExport({ directory, disk, system: thisMachine, reserveBytes: 0 });
}

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

  it('is given what the tree has at the first place that has nothing', async () => {
    places.paths.set(serializeKey(key), ['taken', 'sub/deep/free']);
    write('taken', 'by somebody else');

    await store(node(), key, content);

    expect(readFileSync(join(directory, 'sub/deep/free'))).toEqual(content);
    expect(readFileSync(join(directory, 'taken'), 'utf8')).toBe('by somebody else');
    expect(await read(node(), key)).toEqual(content);
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
