/** Exports whose sources, or whose remote, do not answer any more. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ExportTurns } from '../../../src/gateway/exports/export-turns.ts';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import type { ExportStore } from '../../../src/nodes/index.ts';
import { Repository, type AnnexBranch } from '../../../src/repository/index.ts';
import { sha256Key } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { store as storeOn } from '../../nodes/special/special-nodes.ts';
import { dying } from './dying-store.ts';
import { ExportedDirectory, repositoryWith } from './exported-directory.ts';
import { gate, type Gate } from './gate.ts';

const [keyOne, keyTwo] = [sha256Key(Buffer.from('one')), sha256Key(Buffer.from('two'))];
const trees = {
  one: { a: keyOne },
  two: { a: keyTwo },
  both: { a: keyOne, b: keyTwo },
  deep: { 'd/a': keyOne },
};
const never = new AbortController().signal;

let branch: AnnexBranch;
let repository: Repository;
let clock: SimulatedClock;
let work: NodeWork;
let source: MemoryNode;
let directory: ExportedDirectory;

beforeAll(async () => {
  branch = await repositoryWith(trees);
  repository = await Repository.open(branch.directory);
});

afterAll(async () => {
  await repository.close();
  await branch.close();
});

beforeEach(async () => {
  directory = new ExportedDirectory(branch);
  // Its time passes only while something hangs, so that no disk is ever too slow.
  clock = new SimulatedClock();
  const record = (): Promise<void> => Promise.resolve();
  work = new NodeWork({ clock, limits: defaultLimits, record, warn: () => undefined });
  source = new MemoryNode({ uuid: imaginaryUuid(400), name: 'source' });
  await storeOn(source, keyOne, Buffer.from('one'));
  await storeOn(source, keyTwo, Buffer.from('two'));
});

/** How long it takes until a node that hangs is known to, and more. */
const suspectedMs = 10_000;

describe('a source that hangs', () => {
  it('is left, and holds no turn of a key meanwhile', async () => {
    const { remote, node } = await directory.opened(directory.whole, { work, source });
    const hung = hangsAt(gate());
    source.before = (step) => (step === 'get' || step === 'probe' ? hung.hang() : undefined);
    const exporting = directory.export('both', { remote });
    await hung.isHung.opened;

    expect(await work.inTurn(node, keyOne, () => Promise.resolve('free'))).toBe('free');
    await clock.pass(suspectedMs);

    const { failed } = await exporting;
    expect(failed.map(([path]) => path)).toEqual(['a', 'b']);
    expect(failed.flat().join()).toContain('source');
    expect(work.watch.hungNames()).toEqual(['source']);
  });

  it('in the middle of a content is left, too', async () => {
    const { remote } = await directory.opened(directory.whole, { work, source });
    const hung = hangsAt(gate());
    const get = source.get.bind(source);
    source.get = async (key, fromByte) => {
      const got = await get(key, fromByte);
      const stuck = async function* (): AsyncGenerator<Uint8Array> {
        await hung.hang();
        yield Buffer.from('never');
      };
      return got && { ...got, stream: { ...got.stream, [Symbol.asyncIterator]: stuck } };
    };
    const exporting = directory.export('one', { remote });
    await hung.isHung.opened;
    await clock.pass(defaultLimits.nodeStallMs);

    expect((await exporting).failed).toMatchObject([['a', expect.stringContaining('no answer')]]);
    expect(directory.files()).toEqual({});
  });
});

describe('a remote that hangs in a change', () => {
  it('ends the export, and keeps the next one and the turn of the key waiting until it is done', async () => {
    await directory.export('one', { sources: [source] });
    const mayGoOn = gate();
    const hung = hangsAt(mayGoOn);
    let isFirst = true;
    const store: ExportStore = {
      ...bound(directory.whole),
      rename: async (from, to, key) => {
        if (isFirst) {
          isFirst = false;
          await hung.hang();
        }
        await directory.whole.rename(from, to, key);
      },
      probe: () => mayGoOn.opened,
    };
    const { remote, node, watched } = await directory.opened(store, { work, source });
    const turns = new ExportTurns(repository, never);
    const done: string[] = [];
    const first = turns.alone(directory.uuid, watched, () => directory.export('two', { remote }));
    await hung.isHung.opened;
    await Promise.all([
      clock.pass(suspectedMs),
      expect(first).rejects.toThrow(/not answered since/),
    ]);
    expect(() => remote.assertGoesOn()).toThrow(/not answered since/);
    const turn = work.inTurn(node, keyOne, () => Promise.resolve(done.push('turn')));
    const next = turns.alone(directory.uuid, watched, async () => {
      done.push('next');
      return await directory.export('one', { remote: directory.remote() });
    });
    await clock.pass(1000);
    expect(done).toEqual([]);
    expect(directory.files()).toEqual({ a: 'one' });

    mayGoOn.open();

    await Promise.all([turn, next]);
    expect(done).toEqual(['turn', 'next']);
    expect(directory.files()).toEqual({ a: 'one' });
  });

  it('of a directory ends the export, too, and is under way until it is done', async () => {
    await directory.export('deep', { sources: [source] });
    const mayGoOn = gate();
    const hung = hangsAt(mayGoOn);
    const removed: string[] = [];
    const store: ExportStore = {
      ...bound(directory.whole),
      removeDirectory: async (path) => {
        await hung.hang();
        removed.push(path);
      },
      probe: () => mayGoOn.opened,
    };
    const { remote, watched } = await directory.opened(store, { work, source });
    const exporting = directory.export('one', { remote });
    await hung.isHung.opened;
    await Promise.all([
      clock.pass(suspectedMs),
      expect(exporting).rejects.toThrow(/not answered since/),
    ]);
    expect(await directory.exported.treesOf(directory.uuid)).toHaveLength(2);
    expect(watched.isIdle).toBe(false);

    mayGoOn.open();
    await watched.ended();
    expect(removed).toEqual(['d']);
  });

  it('is asked nothing more: a turn that comes late is not begun', async () => {
    const mayGoOn = gate();
    const { node, watched } = await directory.opened(
      { ...bound(directory.whole), probe: () => mayGoOn.opened },
      { work, source },
    );
    const before = work.inTurn(node, keyOne, () => mayGoOn.opened);
    let isDone = false;
    const late = watched.inTurn(keyOne, () => Promise.resolve((isDone = true)));
    await Promise.all([
      clock.pass(suspectedMs),
      expect(late).rejects.toThrow(/not answered since/),
    ]);
    mayGoOn.open();
    await before;
    await work.inTurn(node, keyOne, () => Promise.resolve());
    expect(isDone).toBe(false);
    expect(watched.isIdle).toBe(true);
  });
});

/** Where something hangs until it may go on. */
function hangsAt(mayGoOn: Gate): { readonly isHung: Gate; readonly hang: () => Promise<void> } {
  const isHung = gate();
  return {
    isHung,
    hang: async () => {
      isHung.open();
      await mayGoOn.opened;
    },
  };
}

/** A store whose methods can be taken one by one. */
function bound(store: ExportStore): ExportStore {
  return dying(store, Number.POSITIVE_INFINITY, true);
}
