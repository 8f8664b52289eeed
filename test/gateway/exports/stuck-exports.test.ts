/** Exports of which some paths, or trees, keep failing, while all else goes on. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import type { ExportStore } from '../../../src/nodes/index.ts';
import { wordsOfExport } from '../../../src/gateway/exports/export-plan.ts';
import { ExportedTrees, placesOf } from '../../../src/gateway/exports/exported-trees.ts';
import { Trees } from '../../../src/repository/export/trees.ts';
import { ownDisk, thisMachine } from '../../../src/repository/index.ts';
import { findGit } from '../../../src/repository/git/git.ts';
import { git } from '../../support/git-annex.ts';
import { sha256Key } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { read } from '../../nodes/special/special-nodes.ts';
import { ExportBench } from './export-bench.ts';

const keyOf = (text: string): Key => sha256Key(Buffer.from(text));
const [keyOne, keyTwo, keyThree] = [keyOf('one'), keyOf('two'), keyOf('thr')];
const temporary = '.git-annex-tmp-content-x';
const trees = {
  first: { a: keyOne, b: keyTwo, plain: 'git' },
  second: { a: keyTwo, c: keyThree, plain: 'tig' },
  third: { d: keyTwo },
  unsafe: { [temporary]: 'mine', a: keyOne },
};
const contents = [
  [keyOne, 'one'],
  [keyTwo, 'two'],
  [keyThree, 'thr'],
] as const;
const another = imaginaryUuid(9);
const own = imaginaryUuid(1);

async function withBench(act: (bench: ExportBench) => Promise<void>): Promise<void> {
  const bench = await ExportBench.open(trees, contents);
  try {
    await act(bench);
  } finally {
    await bench.branch.close();
  }
}

/** A store that cannot be asked about some paths. */
function failingAt(store: ExportStore, paths: ReadonlySet<string>): ExportStore {
  const look: ExportStore['look'] = (path, key) =>
    paths.has(path) ? Promise.reject(new Error('no such luck')) : store.look(path, key);
  const rest = {
    get: store.get.bind(store),
    put: store.put.bind(store),
    remove: store.remove.bind(store),
    rename: store.rename.bind(store),
    probe: store.probe.bind(store),
    close: store.close.bind(store),
  };
  return { look, ...rest };
}

const pathsIn = ({ directory }: ExportBench, tree = ''): string =>
  git(directory, 'ls-tree', '-r', '--name-only', tree).trim().replaceAll('\n', ' ');

describe('a path that fails', () => {
  it('is left as it is, and keeps nothing else from being exported', async () => {
    await withBench(async (bench) => {
      await bench.export('first');
      const store = failingAt(bench.store, new Set(['a']));

      const report = await bench.export('second', { store });

      expect(report?.failed).toEqual([['a', 'no such luck']]);
      expect(bench.text('a')).toBe('one');
      expect(bench.text('c')).toBe('thr');
      expect(bench.text('plain')).toBe('tig');
      const { [own]: logged = [] } = await bench.logged();
      expect(logged.map((tree) => pathsIn(bench, tree))).toEqual(['c plain', 'a', 'a c plain']);
      for (const key of [keyOne, keyThree])
        expect(sha256Key(await read(bench.node, key))).toEqual(key);

      const third = await bench.export('third', { store });
      expect(third?.failed.map(([path]) => path)).toEqual(['a']);
      expect(bench.text('d')).toBe('two');

      await bench.export('second');
      expect(bench.files()).toMatchObject({ a: 'two', c: 'thr', plain: 'tig' });
      expect(await bench.logged()).toEqual({ [own]: [await bench.treeOf('second')] });
    });
  });

  it('is tried again without a commit', async () => {
    await withBench(async (bench) => {
      await bench.export('first');
      const store = failingAt(bench.store, new Set(['a']));
      await bench.export('second', { store });
      await bench.branch.flush();
      const before = git(bench.directory, 'rev-parse', 'git-annex');

      expect((await bench.export('second', { store }))?.failed).toHaveLength(1);

      await bench.branch.flush();
      expect(git(bench.directory, 'rev-parse', 'git-annex')).toBe(before);
    });
  });

  it('is no reason to go on when the export is to end', async () => {
    await withBench(async (bench) => {
      await bench.export('first');
      const before = await bench.treeOf('first');
      const ending = new AbortController();
      const store: ExportStore = {
        ...failingAt(bench.store, new Set()),
        look: () => {
          ending.abort(new Error('the end'));
          return Promise.reject(new Error('broken off'));
        },
      };

      const done = bench.export('second', { store, signal: ending.signal });

      await expect(done).rejects.toThrow('the end');
      const { [own]: logged = [] } = await bench.logged();
      expect(logged[0]).toBe(before);
    });
  });
});

describe('an export', () => {
  it('ends in the lines of all who have exported to the remote', async () => {
    await withBench(async (bench) => {
      await bench.exportedBy(another, [await bench.treeOf('first')]);
      bench.write('plain', 'git');
      const report = await bench.export('second');
      expect(report?.foreign).toEqual([]);
      const now = [await bench.treeOf('second')];
      expect(await bench.logged()).toEqual({ [own]: now, [another]: now });
    });
  });

  it('logs that the remote has what is there already', async () => {
    await withBench(async (bench) => {
      await bench.export('first');
      bench.held.splice(0);
      expect(await bench.export('first')).toMatchObject({ stored: 0 });
      expect(new Set(bench.held)).toEqual(new Set([keyOne, keyTwo].map(serializeKey)));
    });
  });

  it('reads no file that is not annexed and is there already, large ones included', async () => {
    const large = { plain: 'git', large: 'x'.repeat(100_000) };
    const bench = await ExportBench.open({ large }, []);
    try {
      await bench.export('large');
      const blob = vi.spyOn(bench.branch.trees, 'blob');
      expect(await bench.export('large')).toMatchObject({ stored: 0, foreign: [], failed: [] });
      expect(blob).not.toHaveBeenCalled();
      bench.write('large', 'x'.repeat(99_999));
      expect(await bench.export('large')).toMatchObject({ foreign: ['large'] });
    } finally {
      await bench.branch.close();
    }
  });

  it('has no names in its tree that cannot be exported', async () => {
    await withBench(async (bench) => {
      const report = await bench.export('unsafe');
      expect(report?.refused).toEqual([temporary]);
      expect(bench.files()).toEqual({ a: 'one' });
      const { [own]: [tree] = [] } = await bench.logged();
      expect(pathsIn(bench, tree)).toBe('a');
    });
  });

  it('touches no names of the trees of others that cannot be exported', async () => {
    await withBench(async (bench) => {
      await bench.exportedBy(another, [await bench.treeOf('unsafe')]);
      bench.write(temporary, 'mine');
      const report = await bench.export('third');
      expect(report).toMatchObject({ foreign: [], failed: [] });
      expect(bench.text(temporary)).toBe('mine');
    });
  });
});

describe('a tree that is not in the repository', () => {
  const gone = 'f'.repeat(40);

  it('is named, stays in the log, and hides nothing of what is known', async () => {
    await withBench(async (bench) => {
      await bench.export('first');
      await bench.exportedBy(another, [gone]);
      expect(await bench.placesOf(keyOne)).toEqual(['a']);
      expect(sha256Key(await read(bench.node, keyOne))).toEqual(keyOne);

      const report = await bench.export('second');

      expect(report?.unknown).toMatchObject([[gone, expect.stringContaining('push the branch')]]);
      expect(report && wordsOfExport('remote', report).join('\n')).toContain(gone);
      expect(bench.text('a')).toBe('two');
      const now = [await bench.treeOf('second'), gone];
      expect(await bench.logged()).toEqual({ [own]: now, [another]: now });
    });
  });

  it('is known as soon as it is there', async () => {
    await withBench(async (bench) => {
      const pointer = '/annex/objects/' + serializeKey(keyOne);
      const made = (...how: string[]): string => {
        writeFileSync(`${bench.directory}/pointer`, pointer);
        return git(bench.directory, ...how).trim();
      };
      const blob = made('hash-object', 'pointer');
      const object = Buffer.concat([Buffer.from('100644 new\0'), Buffer.from(blob, 'hex')]);
      writeFileSync(`${bench.directory}/tree`, object);
      const tree = made('hash-object', '-t', 'tree', '--literally', 'tree');
      await bench.exportedBy(another, [tree]);
      expect(await bench.placesOf(keyOne)).toEqual([]);

      made('hash-object', '-w', 'pointer');
      made('hash-object', '-w', '-t', 'tree', 'tree');

      expect(await bench.placesOf(keyOne)).toEqual(['new']);
    });
  });
});

describe('a tree of too many files', () => {
  it('is not exported, and no places of it are known', async () => {
    await withBench(async (bench) => {
      await bench.export('third');
      const commits = thisMachine.commits(
        {
          directory: bench.directory,
          gitDirectory: bench.directory,
          version: await findGit(),
          disk: ownDisk,
        },
        1_000_000,
      );
      const small = new Trees(commits, { filesMax: 2 });
      const exported = new ExportedTrees({
        read: (path) => bench.branch.read(path),
        trees: small,
      });
      const done = bench.export('first', { exported });
      await expect(done).rejects.toThrow(/has more than 2 files, and is not exported/);
      await bench.exportedBy(another, [await bench.treeOf('first')]);
      expect(await exported.placesOn(imaginaryUuid(2)).of(keyOne)).toEqual([]);
      expect(await exported.placesOn(imaginaryUuid(2)).of(keyTwo)).toEqual(['d']);
    });
  });
});

it('nothing of what failed moves the cursor of who is told', () => {
  const none = { stored: 0, missing: [], foreign: [], refused: [], unknown: [], lost: [] };
  const words = wordsOfExport('tree', { ...none, failed: [['a\u001b[2J', 'no\u001b[2J luck']] });
  expect(words.at(-1)).toBe('  a?[2J: no?[2J luck');
});

it('the places of one key at many paths are found in a time that grows with them', () => {
  const files = Array.from({ length: 200_000 }, (_, at) => ({
    path: `p${at}`,
    sha: '',
    key: keyOne,
    blobBytes: 0,
  }));
  expect(placesOf([...files, ...files]).get(serializeKey(keyOne))).toHaveLength(200_000);
}, 5_000);
