import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportObjectPath } from '../../../../src/nodes/special/export/export-paths.ts';
import { ExportedPieces } from '../../../../src/nodes/special/export/exported-pieces.ts';
import { isLong } from '../../../support/long.ts';
import { keyOf, sha256Key } from '../../../support/objects.ts';
import { describeStorageNode } from '../../storage-node-suite.ts';
import { externalExport, type ExternalLike } from '../external-remotes.ts';
import { specialNode } from '../special-nodes.ts';
import { describeExportStore, putFile, readFile, type ExportPlace } from './export-store-suite.ts';
import { SaidPlaces } from './said-places.ts';
import { visibleFiles } from './visible-files.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);
const object = exportObjectPath(key, undefined);

const place = async (like: ExternalLike): Promise<ExportPlace> => {
  const { store, directory } = await externalExport(like);
  return { store, files: () => visibleFiles(directory) };
};

// Each of them starts many programs.
describe.skipIf(!isLong)('of all kinds', () => {
  describeExportStore('a program', { make: () => place({}), isTellingSizes: false });

  describeExportStore('a program that does several things at once and renames nothing', {
    make: () => place({ modes: 'async,ordered,unrenaming,flat' }),
    isTellingSizes: false,
  });

  describeStorageNode('an external remote that trees are exported to', {
    make: async () => {
      const { store } = await externalExport();
      return specialNode({ store: new ExportedPieces(store, new SaidPlaces()) });
    },
    cannot: {
      lock: 'a special remote keeps no locks',
      resume: 'a file of a tree is sent whole',
      blank: 'a line of a program parts words by blanks (external-faults.test.ts)',
      newline: 'a line of a program names no such key',
    },
  });
});

describe('an external remote that trees are exported to', () => {
  it('is refused when its program keeps nothing by paths', async () => {
    await expect(externalExport({ modes: 'keyed' })).rejects.toThrow(
      'its program says that it does not support exports',
    );
    await expect(externalExport({ modes: 'unready' })).rejects.toThrow('it rains');
  });

  it.each(['unrenaming', 'failing'])(
    'keeps what it moves by way of the gateway when its program renames nothing: %s',
    async (modes) => {
      const { store, directory } = await externalExport({ modes });
      await putFile(store, 'a', { of: key, bytes: content });
      await store.rename('a', object, key);
      expect(visibleFiles(directory)).toEqual({ [object]: '0123456789' });
      writeFileSync(join(directory, 'b'), 'other bytes');
      await expect(store.rename('b', object, key)).rejects.toThrow('b is not the content of');
      expect(visibleFiles(directory)).toEqual({ [object]: '0123456789', b: 'other bytes' });
    },
  );

  it.each(['refusing@TRANSFEREXPORT', 'dying@TRANSFEREXPORT', 'sorry@TRANSFEREXPORT'])(
    'shows nothing of what a program has not stored, and goes on: %s',
    async (modes) => {
      const { store, directory } = await externalExport({ modes });
      const put = putFile(store, 'd/a', { of: key, bytes: content });
      await expect(put).rejects.toThrow('git-annex-remote-standin');
      expect(visibleFiles(directory)).toEqual({ failed: '' });
      await putFile(store, 'd/a', { of: key, bytes: content });
      expect(await readFile(store, 'd/a', { of: key })).toBe('0123456789');
    },
  );

  it('keeps what it could not store under another name', async () => {
    const { store, directory } = await externalExport({ modes: 'unrenaming' });
    await putFile(store, 'a', { of: key, bytes: content });
    await expect(store.rename('a', 'b\nc', key)).rejects.toThrow('has a line break in it');
    // The program can make no directory there.
    writeFileSync(join(directory, 'b'), '');
    await expect(store.rename('a', 'b/c', key)).rejects.toThrow('stores it not');
    expect(visibleFiles(directory)).toMatchObject({ a: '0123456789', b: '' });
  });

  it('removes directories that no tree has, where they do not go by themselves', async () => {
    const { store, directory } = await externalExport();
    await putFile(store, 'a b/c', { of: key, bytes: content });
    await store.remove('a b/c', key);
    expect(readdirSync(directory)).toEqual(['a b']);
    await store.removeDirectory?.('a b');
    expect(readdirSync(directory)).toEqual([]);
    const flat = await externalExport({ modes: 'flat' });
    await expect(flat.store.removeDirectory?.('a b')).resolves.toBeUndefined();
  });

  it('has nothing at paths and of keys that no line can name', async () => {
    const { store, directory } = await externalExport();
    for (const path of ['a\nb', 'a\rb']) {
      expect(await store.look(path, key)).toBeUndefined();
      expect(await store.get(path, key, 0)).toBeUndefined();
      await store.remove(path, key);
      await store.removeDirectory?.(path);
      await expect(putFile(store, path, { of: key, bytes: content })).rejects.toMatchObject({
        code: 'KEY_NOT_STORABLE',
      });
    }
    const blank = keyOf('X-s10--a b');
    await expect(putFile(store, 'a', { of: blank, bytes: content })).rejects.toThrow('blanks');
    expect(visibleFiles(directory)).toEqual({});
  });
});
