/** What is put, pushed and written by others while trees are exported. */
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyFile, serializeKey, type Key } from '../../../src/key/index.ts';
import type { ExportStore } from '../../../src/nodes/index.ts';
import {
  exportObjectPath,
  exportTemporaryPath,
} from '../../../src/nodes/special/export/export-paths.ts';
import type { AnnexBranch } from '../../../src/repository/index.ts';
import { sha256Key } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { begin, read, store as storeOn } from '../../nodes/special/special-nodes.ts';
import { dying } from './dying-store.ts';
import { gate } from './gate.ts';
import { ExportedDirectory, repositoryWith } from './exported-directory.ts';

const keyOf = (text: string): Key => sha256Key(Buffer.from(text));
const [keyOne, keyTwo, keyThree] = [keyOf('one'), keyOf('two'), keyOf('thr')];
const worm = (name: string): Key => ({ ...keyOne, backend: 'WORM', name, sizeBytes: 3n });
const [wormOne, wormTwo] = [worm('1'), worm('2')];
const longKey = worm('L'.repeat(225));

const trees = {
  one: { a: keyOne },
  two: { a: keyTwo },
  fresh: { new: keyOne },
  dup: { a: keyOne, dup: keyOne },
  none: { plain: 'git' },
  worm: { a: wormOne, b: wormTwo },
  wormSwapped: { a: wormTwo, b: wormOne },
  wormAlone: { a: wormOne },
  hashed: { a: keyOne, b: keyTwo },
  hashedSwapped: { a: keyTwo, b: keyOne },
  below: { 'x/y': keyTwo, 'x/z/plain': 'git' },
  long: { 'l/p': keyThree, [`l/${'m'.repeat(256)}`]: keyOne, ['ü'.repeat(128)]: 'git' },
  longKey: { a: longKey },
};

let branch: AnnexBranch;
let source: MemoryNode;
let remote: ExportedDirectory;

beforeAll(async () => {
  branch = await repositoryWith(trees);
  source = new MemoryNode({ uuid: imaginaryUuid(300), name: 'source' });
  for (const text of ['one', 'two', 'thr']) await storeOn(source, keyOf(text), Buffer.from(text));
  await storeOn(source, wormOne, Buffer.from('one'));
  await storeOn(source, wormTwo, Buffer.from('two'));
  await storeOn(source, longKey, Buffer.from('lng'));
});

beforeEach(() => {
  remote = new ExportedDirectory(branch);
});

afterAll(async () => {
  await branch.close();
});

const bytesOf = async (key: Key): Promise<string> => String(await read(remote.node(), key));

describe('a put', () => {
  it('that a push overtakes is kept, at a place of the tree that is exported then', async () => {
    await remote.export('one');
    const committing = gate();
    const mayGoOn = gate();
    const slow: ExportStore = {
      ...bound(remote.whole),
      put: async (file) => {
        const deposit = await remote.whole.put(file);
        return {
          write: (bytes) => deposit.write(bytes),
          abandon: () => deposit.abandon(),
          commit: async (path) => {
            committing.open();
            await mayGoOn.opened;
            await deposit.commit(path);
          },
        };
      },
    };
    const putting = storeOn(remote.node(slow), keyOne, Buffer.from('one'));
    await committing.opened;
    await remote.export('two');
    mayGoOn.open();
    await putting;
    await remote.arrived(keyOne);

    expect(await bytesOf(keyOne)).toBe('one');
    expect(await remote.node().has(keyTwo)).toBe(false);
    expect((await remote.export('one')).missing).toEqual([]);
    expect(remote.files()).toEqual({ a: 'one' });
  });

  it('is at all of its places once it has come, and below .git/annex/objects no more', async () => {
    await remote.export('dup');
    await storeOn(remote.node(), keyOne, Buffer.from('one'));
    expect(remote.files()).toEqual({ [`objects/${keyFile(keyOne)}`]: 'one' });
    await remote.arrived(keyOne);
    expect(remote.files()).toEqual({ a: 'one', dup: 'one' });
  });

  it('of what is below a file of somebody else is taken', async () => {
    remote.write('x', 'by another');
    await remote.export('below');
    await storeOn(remote.node(), keyTwo, Buffer.from('two'));
    await remote.arrived(keyTwo);
    expect(await bytesOf(keyTwo)).toBe('two');
  });

  it('goes to no place while the remote may have files of more than one tree', async () => {
    await remote.export('one', { sources: [source] });
    await remote.export('two', { store: dying(remote.whole, 1, false) });
    await storeOn(remote.node(), keyTwo, Buffer.from('two'));
    expect(await remote.exported.settledPlaces(remote.uuid, keyTwo)).toEqual([]);
    expect(await bytesOf(keyTwo)).toBe('two');
    await remote.export('two');
    expect(remote.files()).toEqual({ [`objects/${keyFile(keyOne)}`]: 'one', a: 'two' });
    expect(await remote.exported.settledPlaces(remote.uuid, keyTwo)).toEqual(['a']);
    await remote.export('fresh', { store: dying(remote.whole, 1, false) });
    expect(await remote.exported.placesOn(remote.uuid).of(keyOne)).toEqual(['new']);
    expect(await remote.exported.settledPlaces(remote.uuid, keyOne)).toEqual([]);
  });
});

describe('an export that broke off', () => {
  it.each([
    { from: 'worm', to: 'wormSwapped', keys: [wormOne, wormTwo] },
    { from: 'hashed', to: 'hashedSwapped', keys: [keyOne, keyTwo] },
  ])('of $from, where keys of one size change places, mixes up nothing', async (swap) => {
    const { from, to, keys } = swap;
    for (const changes of [1, 2, 3, 4]) {
      remote = new ExportedDirectory(branch);
      await remote.export(from, { sources: [source] });
      await remote.export(to, { store: dying(remote.whole, changes, true) });
      expect(await Promise.all(keys.map(bytesOf)), `${changes}`).toEqual(['one', 'two']);
      await remote.export(to);
      expect(remote.files(), `${changes}`).toEqual({ a: 'two', b: 'one' });
    }
  });

  it('has nothing of the new tree where the old one still has its own', async () => {
    await remote.export('one', { sources: [source] });
    await remote.export('two', { store: dying(remote.whole, 1, false) });
    expect(await remote.node().has(keyTwo)).toBe(false);
    expect(await bytesOf(keyOne)).toBe('one');
  });
});

describe('what somebody else has written', () => {
  it('over one of two files takes the place of no good one', async () => {
    await remote.export('dup', { sources: [source] });
    remote.write('a', 'bad');
    await remote.export('none');
    expect(await bytesOf(keyOne)).toBe('one');
  });

  it('over the last of two files is left alone', async () => {
    await remote.export('dup', { sources: [source] });
    remote.write('dup', 'bad');
    expect((await remote.export('none')).foreign).toEqual(['dup']);
    expect(remote.files()).toMatchObject({ [`objects/${keyFile(keyOne)}`]: 'one', dup: 'bad' });
  });

  it('over the only file of a key, of the same size, is not kept as its content, and not removed', async () => {
    await remote.export('one', { sources: [source] });
    remote.write('a', 'bad');
    expect((await remote.export('none')).foreign).toEqual(['a']);
    expect(remote.files()).toEqual({ a: 'bad', plain: 'git' });
    expect(remote.corrected).toEqual([serializeKey(keyOne)]);
  });

  it('under the name that a file has on its way is not kept as its content', async () => {
    await remote.export('one', { sources: [source] });
    const temporary = exportTemporaryPath(keyOne);
    remote.write(temporary, 'bad');
    rmSync(join(remote.at, 'a'));
    expect(await remote.export('one')).toMatchObject({ missing: ['a'] });
    await remote.export('none');
    expect(remote.files()).toEqual({ [temporary]: 'bad', plain: 'git' });
  });

  it.each(['another size', 'ono'])(
    'below objects, as %j, makes way for what was exported',
    async (text) => {
      await remote.export('one', { sources: [source] });
      remote.write(exportObjectPath(keyOne, undefined), text);
      await remote.export('none');
      expect(await bytesOf(keyOne)).toBe('one');
    },
  );

  it('where a file is to be, of the same size, is neither exported nor logged', async () => {
    remote.write('a', 'bad');
    remote.write('plain', 'GIT');
    expect((await remote.export('one', { sources: [source] })).foreign).toEqual(['a']);
    expect(remote.held).toEqual([]);
    expect((await remote.export('none')).foreign).toContain('plain');
    expect(remote.files()).toMatchObject({ plain: 'GIT' });
  });

  it('over a file that is not annexed, of the same size, is left alone', async () => {
    await remote.export('none');
    remote.write('plain', 'GIT');
    expect((await remote.export('one')).foreign).toEqual(['plain']);
    expect(remote.files()).toEqual({ plain: 'GIT' });
  });

  it('where a directory or a file has to be is told of, and keeps nothing else', async () => {
    remote.write('x', 'by another');
    mkdirSync(join(remote.at, 'a'));
    const below = await remote.export('below', { sources: [source] });
    expect([below.foreign, below.failed]).toEqual([['x/y', 'x/z/plain'], []]);
    const one = await remote.export('one', { sources: [source] });
    expect([one.foreign, one.failed]).toEqual([['a'], []]);
    expect(remote.files()).toEqual({ x: 'by another' });
  });

  it('as a link leads nowhere else', async () => {
    const elsewhere = new ExportedDirectory(branch);
    elsewhere.write('secret', 'one');
    elsewhere.write('y', 'two');
    symlinkSync(join(elsewhere.at, 'secret'), join(remote.at, 'a'));
    symlinkSync(elsewhere.at, join(remote.at, 'x'));
    expect((await remote.export('one', { sources: [source] })).foreign).toEqual(['a']);
    const { foreign } = await remote.export('below', { sources: [source] });
    expect(foreign).toEqual(['x/y', 'x/z/plain']);
    expect(await remote.node().has(keyTwo)).toBe(false);
    expect(elsewhere.files()).toEqual({ secret: 'one', y: 'two' });
    await expect(remote.whole.rename('a', 'x/new', keyTwo)).rejects.toThrow('in the way of x/new');
    await remote.whole.remove('x/y', keyTwo);
    mkdirSync(join(elsewhere.at, 'empty'));
    await remote.whole.remove('x/empty/y', keyTwo);
    expect(existsSync(join(elsewhere.at, 'empty'))).toBe(true);
    expect(elsewhere.files()).toEqual({ secret: 'one', y: 'two' });
  });
});

describe('a content that somebody else has removed', () => {
  it('is logged no more, be it in the tree or in an earlier one', async () => {
    await remote.export('hashed', { sources: [source] });
    rmSync(join(remote.at, 'b'));
    expect(await remote.export('hashed')).toMatchObject({ missing: ['b'], lost: ['b'] });
    expect(remote.corrected).toEqual([serializeKey(keyTwo)]);
    rmSync(join(remote.at, 'a'));
    expect(await remote.export('none')).toMatchObject({ missing: [], lost: ['a', 'b'] });
  });

  it('is logged for as long as it is under any name', async () => {
    await remote.export('dup', { sources: [source] });
    rmSync(join(remote.at, 'a'));
    expect(await remote.export('dup')).toMatchObject({ stored: 1, lost: [] });
    rmSync(join(remote.at, 'a'));
    expect(await remote.export('none')).toMatchObject({ lost: [] });
    expect(remote.corrected).toEqual([]);
  });
});

describe('a name that is too long', () => {
  it('keeps no other content and no other path from anybody', async () => {
    await storeOn(remote.node(), keyOne, Buffer.from('one'));
    const report = await remote.export('long', { sources: [source] });
    expect(report).toMatchObject({ stored: 1, failed: [] });
    expect(report.refused).toHaveLength(2);
    expect(await bytesOf(keyOne)).toBe('one');
    expect(await bytesOf(keyThree)).toBe('thr');
    expect((await remote.export('none')).failed).toEqual([]);
  });

  it('on its way is none that a file could have', async () => {
    expect((await remote.export('longKey', { sources: [source] })).failed).toEqual([]);
    expect((await remote.export('none')).failed).toEqual([]);
    expect(await bytesOf(longKey)).toBe('lng');
  });
});

describe('a change', () => {
  it('waits for its turn, and looks then at what is there', async () => {
    await remote.export('one');
    const end = await remote.turns.take(serializeKey(keyOne));
    const clearing = remote.export('two');
    await expect.poll(async () => await remote.exported.treesOf(remote.uuid)).toHaveLength(2);
    remote.write('a', 'one');
    end();
    await clearing;
    expect(remote.files()).toEqual({ [`objects/${keyFile(keyOne)}`]: 'one' });
  });

  it('brings nothing to where something has come while it waited', async () => {
    await storeOn(remote.node(), keyOne, Buffer.from('one'));
    const end = await remote.turns.take(serializeKey(keyOne));
    const filling = remote.remote().fillKey(keyOne, 'a', []);
    remote.write('a', 'by another');
    end();
    expect(await filling).toBe('there');
    expect(remote.files()).toMatchObject({ a: 'by another' });
  });

  it('stores nothing of a source that is too short, or else not the content', async () => {
    const wrong = new MemoryNode({ uuid: imaginaryUuid(301), name: 'wrong' });
    const deposit = await begin(wrong, wormOne);
    await deposit.start(0);
    await deposit.write(Buffer.from('on'));
    await deposit.commit();
    const { failed } = await remote.export('wormAlone', { sources: [wrong] });
    expect(failed.map(([path]) => path)).toEqual(['a']);
    expect(remote.files()).toEqual({});
  });
});

/** A store whose methods can be taken one by one. */
function bound(store: ExportStore): ExportStore {
  return dying(store, Number.POSITIVE_INFINITY, true);
}
