import { expect, it } from 'vitest';
import type { ExportStore } from '../../../src/nodes/index.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { dying } from './dying-store.ts';
import { ExportBench } from './export-bench.ts';
import { ExportedDirectory, repositoryWith, type Tree } from './exported-directory.ts';

const old: Tree = {
  'gone/deep/x': 'x',
  'gone/deep/y': 'y',
  'gone/z': 'z',
  'stays/deep/x': 'x',
  'stays/y': 'y',
  'changed/x': 'old',
  'foreign/x': 'x',
  'foreign/deep/y': 'y',
  'stuck/deep/x': 'x',
  top: 'top',
};
const next: Tree = { 'stays/y': 'y', 'changed/x': 'new' };

async function exported(): Promise<ExportedDirectory> {
  const remote = new ExportedDirectory(await repositoryWith({ old, next }));
  await remote.export('old');
  return remote;
}

/** One whose directories do not go by themselves. */
function withDirectories(store: ExportStore, removed: string[]): ExportStore {
  return {
    ...dying(store, Number.POSITIVE_INFINITY, true),
    removeDirectory: (path) => {
      removed.push(path);
      return path === 'gone' ? Promise.reject(new Error('no such luck')) : Promise.resolve();
    },
  };
}

it('directories go, innermost first, of which no file of a tree is left', async () => {
  const remote = await exported();
  remote.write('foreign/x', 'by somebody');
  const removed: string[] = [];
  const store = withDirectories(remote.whole, removed);
  const remove = store.remove.bind(store);
  store.remove = (path, key) =>
    path.startsWith('stuck') ? Promise.reject(new Error('stuck')) : remove(path, key);

  const report = await remote.export('next', { store });

  expect(removed).toEqual(['foreign/deep', 'stays/deep', 'gone/deep', 'gone']);
  expect(report.failed).toEqual([
    ['stuck/deep/x', 'stuck'],
    ['gone/', 'no such luck'],
  ]);
  expect(report.foreign).toEqual(['foreign/x']);
  expect(report.stored).toBe(1);
});

it('no directory goes while it is not known what a tree has in it', async () => {
  const bench = await ExportBench.open({ old: { 'gone/x': 'x' }, next: { y: 'y' } }, []);
  try {
    await bench.export('old');
    await bench.exportedBy(imaginaryUuid(7), ['f'.repeat(40)]);
    const removed: string[] = [];
    await bench.export('next', { store: withDirectories(bench.store, removed) });
    expect(bench.text('y')).toBe('y');
    expect(removed).toEqual([]);
  } finally {
    await bench.branch.close();
  }
});
