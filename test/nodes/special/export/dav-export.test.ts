import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { exportObjectPath } from '../../../../src/nodes/special/export/export-paths.ts';
import { ExportedPieces } from '../../../../src/nodes/special/export/exported-pieces.ts';
import type { DavExport } from '../../../../src/nodes/special/webdav/dav-export.ts';
import { sha256Key } from '../../../support/objects.ts';
import { describeStorageNode } from '../../storage-node-suite.ts';
import { specialNode } from '../special-nodes.ts';
import { davExport, DavServer, hasApache, login, password } from '../webdav/dav-server.ts';
import { describeExportStore, putFile, readFile } from './export-store-suite.ts';
import { SaidPlaces } from './said-places.ts';
import { visibleFiles } from './visible-files.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);
const object = exportObjectPath(key, undefined);

describe.skipIf(!hasApache)('webdav remotes that trees are exported to', () => {
  let server: DavServer | undefined;
  let count = 0;

  afterAll(async () => server?.stop());

  /** A collection that the server has made, and that has nothing in it yet. */
  const fresh = async (): Promise<{ readonly store: DavExport; readonly directory: string }> => {
    server ??= await DavServer.start();
    count += 1;
    const authorization = `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
    const url = `${server.url}/${count}`;
    const { status } = await fetch(url, { method: 'MKCOL', headers: { authorization } });
    if (status !== 201) throw new Error(`MKCOL: ${status}`);
    return { store: davExport(url), directory: join(server.files, `${count}`) };
  };

  describeExportStore('a webdav server', {
    make: async () => {
      const { store, directory } = await fresh();
      return { store, files: () => visibleFiles(directory) };
    },
  });

  describeStorageNode('a webdav remote that trees are exported to', {
    make: async () => {
      const { store } = await fresh();
      return specialNode({ store: new ExportedPieces(store, new SaidPlaces()) });
    },
    cannot: {
      lock: 'a special remote keeps no locks',
      resume: 'a file of a tree is sent whole',
    },
  });

  describe('that is', () => {
    let store: DavExport;
    let directory: string;

    beforeEach(async () => {
      ({ store, directory } = await fresh());
    });

    it('in the way of a file is left alone', async () => {
      mkdirSync(join(directory, 'full/of'), { recursive: true });
      writeFileSync(join(directory, 'full/of/things'), 'by somebody');
      writeFileSync(join(directory, 'file'), 'a file');
      await putFile(store, 'mine', { of: key, bytes: content });
      const blocked = ['full', 'full/of', 'file/below', 'file/far/below'];
      for (const path of blocked) {
        expect([path, await store.isBlocked(path)]).toEqual([path, true]);
        expect(await store.look(path)).toBeUndefined();
        expect(await store.get(path, key, 0)).toBeUndefined();
        await store.remove(path);
        const put = putFile(store, path, { of: key, bytes: content });
        await expect(put).rejects.toThrow(`in the way of ${path}`);
        await expect(store.rename('mine', path)).rejects.toThrow(`in the way of ${path}`);
      }
      for (const path of ['file', 'full/new', 'new/deep']) {
        expect([path, await store.isBlocked(path)]).toEqual([path, false]);
      }
      const files = { 'full/of/things': 'by somebody', file: 'a file', mine: '0123456789' };
      expect(visibleFiles(directory)).toEqual(files);
    });

    it('an empty directory goes when it is removed, and no other one', async () => {
      await putFile(store, 'a ü/b/c', { of: key, bytes: content });
      writeFileSync(join(directory, 'file'), 'a file');
      await store.rename('a ü/b/c', object);
      await store.removeDirectory('a ü/b');
      expect(readdirSync(join(directory, 'a ü'))).toEqual([]);
      await putFile(store, 'a ü/d', { of: key, bytes: content });
      for (const path of ['a ü', 'file', 'nowhere']) await store.removeDirectory(path);
      expect(await readFile(store, 'a ü/d', { of: key })).toBe('0123456789');
      expect(existsSync(join(directory, 'file'))).toBe(true);
    });

    it('gone is no empty one', async () => {
      await putFile(store, 'a', { of: key, bytes: content });
      rmSync(directory, { recursive: true });
      await expect(store.look('a')).rejects.toThrow('there is nothing at the url');
      await expect(store.look('a/b')).rejects.toThrow('there is nothing at the url');
      await expect(store.remove('a')).rejects.toThrow('there is nothing at the url');
      await expect(putFile(store, 'a', { of: key, bytes: content })).rejects.toThrow(/PUT|MKCOL/);
      expect(existsSync(join(directory, 'a'))).toBe(false);
    });
  });
});
