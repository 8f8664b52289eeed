/** Places that know a file by its path and its key alike, as programs of external remotes may. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { keyFile, serializeKey, type Key } from '../../../src/key/index.ts';
import type { ExportStore } from '../../../src/nodes/index.ts';
import { thisMachine, type AnnexBranch } from '../../../src/repository/index.ts';
import { sha256Key } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { store as storeOn } from '../../nodes/special/special-nodes.ts';
import { ExportedDirectory, repositoryWith } from './exported-directory.ts';

const [keyOne, keyTwo] = [sha256Key(Buffer.from('one')), sha256Key(Buffer.from('two'))];
const trees = {
  first: { a: keyOne, b: keyOne, 'd/c': keyTwo, plain: 'git' },
  second: { a: keyTwo, b: keyOne, 'e/c': keyTwo, plain: 'other' },
};

let branch: AnnexBranch;
let source: MemoryNode;
let directory: ExportedDirectory;

beforeAll(async () => {
  branch = await repositoryWith(trees);
  source = new MemoryNode({ uuid: imaginaryUuid(500), name: 'source' });
  await storeOn(source, keyOne, Buffer.from('one'));
  await storeOn(source, keyTwo, Buffer.from('two'));
});

afterAll(async () => {
  await branch.close();
});

beforeEach(() => {
  directory = new ExportedDirectory(branch);
});

/** One that has at a path what was stored or moved there by its key, and nothing else. */
function keyed(store: ExportStore): ExportStore {
  const keys = new Map<string, string>();
  const has = (path: string, key: Key): boolean => keys.get(path) === serializeKey(key);
  const assertHas = (path: string, key: Key): void => {
    if (!has(path, key)) throw new Error(`no ${serializeKey(key)} at ${path}`);
  };
  return {
    look: async (path, key) => (has(path, key) ? await store.look(path, key) : undefined),
    get: async (path, key, fromByte) =>
      has(path, key) ? await store.get(path, key, fromByte) : undefined,
    put: async (file) => {
      const deposit = await store.put(file);
      return {
        write: (bytes) => deposit.write(bytes),
        commit: async (path) => {
          await deposit.commit(path);
          keys.set(path, serializeKey(file.key));
        },
        abandon: () => deposit.abandon(),
      };
    },
    remove: async (path, key) => {
      assertHas(path, key);
      await store.remove(path, key);
      keys.delete(path);
    },
    rename: async (from, to, key) => {
      assertHas(from, key);
      await store.rename(from, to, key);
      keys.delete(from);
      keys.set(to, serializeKey(key));
    },
    probe: (kind) => store.probe(kind),
    close: () => store.close(),
  };
}

it('are told at each step which key is meant', async () => {
  const record = (): Promise<void> => Promise.resolve();
  const { clock } = thisMachine;
  const work = new NodeWork({ clock, limits: defaultLimits, record, warn: () => undefined });
  const { remote } = await directory.opened(keyed(directory.whole), { work, source });
  const all = { first: ['one', 'one', 'two'], second: ['two', 'one', 'two'] };
  for (const ref of ['first', 'second', 'first'] as const) {
    const report = await directory.export(ref, { remote });
    expect(report).toMatchObject({ missing: [], foreign: [], failed: [] });
    const [a, b, c] = all[ref];
    const own = ref === 'first' ? { 'd/c': c, plain: 'git' } : { 'e/c': c, plain: 'other' };
    expect(directory.files()).toMatchObject({ a, b, ...own });
  }
});

it('have what an earlier tree has there, though it is not the first of them', async () => {
  const remote = directory.remote({ store: keyed(directory.whole), sources: [source] });
  await directory.export('first', { remote });
  const files = [keyTwo, keyOne].map((key) => ({ key, path: 'a', sha: '', blobBytes: 0 }));
  const leaving = { path: 'a', olds: files, trees: [], next: undefined, isSure: false };
  expect(await remote.takeOff(leaving)).toBe('gone');
  expect(directory.files()).toMatchObject({ [`objects/${keyFile(keyOne)}`]: 'one' });
});
