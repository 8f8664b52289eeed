import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReadingPace, type CopyFinding } from '../../../src/gateway/index.ts';
import { keyFile, serializeKey, type Key } from '../../../src/key/index.ts';
import type { StorageNode } from '../../../src/nodes/index.ts';
import { machineClock } from '../../../src/repository/index.ts';
import { newContent, put } from '../annex-requests.ts';
import {
  contentPath,
  holders,
  logged,
  newDemo,
  repositoryOf,
  serveDemo,
  type DemoName,
  type ServedDemo,
} from '../served-demo.ts';
import { rot, rots } from './rotten.ts';

let demo: ServedDemo;
beforeAll(async () => {
  demo = await serveDemo(await newDemo());
});
afterAll(() => demo.close());

interface Stored {
  readonly key: Key;
  readonly content: Buffer;
}

async function stored(count: number): Promise<Stored[]> {
  const all: Stored[] = [];
  for (let i = 0; i < count; i += 1) {
    const one = newContent();
    await put(demo, 'cluster', one.key, one.content);
    all.push(one);
  }
  return all;
}

interface Found {
  readonly node: string;
  readonly key: string;
  readonly finding: CopyFinding;
}

async function walkAll(
  how: { readonly isAnew?: boolean; readonly nodes?: readonly DemoName[] } = {},
): Promise<Found[]> {
  const found: Found[] = [];
  const { scrubbing } = demo.gateway;
  const lock = await scrubbing.tryTake();
  if (lock === undefined) throw new Error('somebody else is at it');
  const options = {
    pace: new ReadingPace(machineClock, {}),
    signal: new AbortController().signal,
    jobs: 1,
    isAnew: how.isAnew ?? true,
    told: (node: StorageNode, key: Key, finding: CopyFinding): void => {
      found.push({ node: node.name, key: serializeKey(key), finding });
    },
  };
  try {
    const nodes = await scrubbing.nodes();
    await scrubbing.payOwed(nodes, options);
    for (const node of nodes) {
      if (how.nodes?.includes(nameOf(node)) !== false) await scrubbing.walk(node, options);
    }
  } finally {
    lock.release();
  }
  return found;
}

function nameOf(node: StorageNode): DemoName {
  const found = Object.entries(demo.uuids).find(([, uuid]) => uuid === node.uuid)?.[0];
  if (found === 'node1' || found === 'node2' || found === 'node3') return found;
  return 'gateway';
}

const notGood = (found: readonly Found[]): Found[] =>
  found.filter(({ finding }) => finding.kind !== 'good');

const pathAt = (node: DemoName, key: Key): string =>
  contentPath(repositoryOf(demo.directory, node), key);

const badAt = (node: DemoName, key: Key): string =>
  join(repositoryOf(demo.directory, node), 'annex/bad', keyFile(key));

function demoName(name: string | undefined): DemoName {
  if (name === 'node1' || name === 'node2' || name === 'node3') return name;
  throw new Error(`${name} is no node`);
}

const holderOf = (key: Key): DemoName => demoName(holders(demo, key)[0]);

describe('a walk through all copies', () => {
  it('finds nothing where all is well', async () => {
    await stored(3);
    const found = await walkAll();
    expect(found.length).toBeGreaterThan(3);
    expect(notGood(found)).toEqual([]);
  });

  it('finds ten rotten ones, moves them to annex/bad and restores them', async () => {
    const all = await stored(10);
    const before = all.map(({ key }) => holders(demo, key));
    const rotted = all.map(({ key }, at) => {
      const node = holderOf(key);
      const how = rots[at % rots.length] ?? 'bit';
      rot(pathAt(node, key), how);
      return { node, how, key: serializeKey(key) };
    });

    const found = notGood(await walkAll());

    const expected = rotted.map(({ node, how, key }) => {
      return { node, key, kind: how === 'removed' ? 'gone' : 'damaged', restored: 'restored' };
    });
    const told = found.map(({ node, key, finding }) => {
      const restored = 'restored' in finding ? finding.restored?.kind : undefined;
      return { node, key, kind: finding.kind, restored };
    });
    expect(told.sort(byKey)).toEqual(expected.sort(byKey));
    for (const [at, { key, content }] of all.entries()) {
      const [node] = before[at] ?? [];
      expect(holders(demo, key)).toEqual(before[at]);
      expect(logged(demo, key)).toEqual(before[at]);
      for (const name of before[at] ?? []) {
        expect(readFileSync(pathAt(demoName(name), key))).toEqual(content);
      }
      const isKept = rotted[at]?.how !== 'removed';
      expect(existsSync(badAt(demoName(node), key))).toBe(isKept);
    }
    expect(notGood(await walkAll())).toEqual([]);
    expect(
      existsSync(join(repositoryOf(demo.directory, 'gateway'), 'annex/ballast/scrub/owed')),
    ).toBe(false);
  });

  it('moves the only copy there is, too, and restores it when another comes', async () => {
    const [one] = await stored(1);
    if (one === undefined) throw new Error('nothing is stored');
    const names = holders(demo, one.key).filter((name) => name !== 'gateway');
    for (const name of names) rot(pathAt(demoName(name), one.key), 'bit');

    const found = notGood(await walkAll());
    expect(found.map(({ finding }) => finding.kind)).toEqual(names.map(() => 'damaged'));
    expect(logged(demo, one.key)).toEqual([]);
    const last = found.at(-1)?.finding;
    expect(last).toHaveProperty('restored.kind', 'lost');

    await put(demo, 'node1', one.key, one.content);
    const again = await walkAll();
    // The second one may have it from the first that was restored.
    expect(notGood(again).map(({ finding }) => finding)).toEqual(
      names
        .filter((name) => name !== 'node1')
        .map(() => ({
          kind: 'gone',
          restored: { kind: 'restored', from: expect.stringMatching(/^node\d$/) },
        })),
    );
    expect(logged(demo, one.key)).toEqual([...new Set([...names, 'node1'])].sort());
  });

  it('goes on behind the last copy that it looked at, and looks at each once', async () => {
    await stored(4);
    const { scrubbing } = demo.gateway;
    const lock = await scrubbing.tryTake();
    const node = (await scrubbing.nodes()).find(({ name }) => name === 'node2');
    if (node === undefined) throw new Error('there is no node');
    const walk = async (count: number, isAnew: boolean): Promise<string[]> => {
      const seen: string[] = [];
      const ending = new AbortController();
      const told = (_node: StorageNode, key: Key): void => {
        seen.push(serializeKey(key));
        if (seen.length === count) ending.abort(new Error('it is enough'));
      };
      const { signal } = ending;
      const how = { pace: new ReadingPace(machineClock, {}), signal, jobs: 1, isAnew, told };
      await scrubbing.walk(node, how).catch(() => undefined);
      return seen;
    };
    const all = await walk(Infinity, true);
    const first = await walk(2, true);
    const rest = await walk(Infinity, false);
    lock?.release();

    expect(all.length).toBeGreaterThan(3);
    expect(first).toEqual(all.slice(0, 2));
    expect(rest).toEqual(all.slice(2));
  });

  it('leaves a copy that a client has locked until it is not, and goes back to it', async () => {
    const [one] = await stored(1);
    if (one === undefined) throw new Error('nothing is stored');
    const name = holderOf(one.key);
    const node = (await demo.gateway.scrubbing.nodes()).find((each) => each.name === name);
    const lock = await node?.lock(one.key);
    rot(pathAt(name, one.key), 'bit');

    const [found] = notGood(await walkAll());
    expect(found?.finding).toMatchObject({ kind: 'damaged', quarantined: { outcome: 'locked' } });
    expect(existsSync(pathAt(name, one.key))).toBe(true);

    await lock?.release();
    const [again] = notGood(await walkAll({ nodes: [] }));
    expect(again?.finding).toMatchObject({ kind: 'damaged', restored: { kind: 'restored' } });
    expect(readFileSync(pathAt(name, one.key))).toEqual(one.content);
  });

  it('notes what is on the disk of a node and in no log', async () => {
    const [one] = await stored(1);
    if (one === undefined) throw new Error('nothing is stored');
    const node = (await demo.gateway.scrubbing.nodes()).find(({ name }) => name === 'node1');
    if (node === undefined) throw new Error('there is no node');
    const content = newContent();
    const deposit = await node.put(content.key, {
      sizeBytes: content.content.length,
      waitMs: 1000,
      signal: new AbortController().signal,
    });
    if (deposit === 'present') throw new Error('it is there');
    await deposit.start(0);
    await deposit.write(content.content);
    await deposit.commit();
    expect(logged(demo, content.key)).toEqual([]);

    const found = notGood(await walkAll());
    expect(found).toMatchObject([{ node: 'node1', finding: { kind: 'noted' } }]);
    expect(logged(demo, content.key)).toEqual(['node1']);
  });

  it('says of a node that is away that nothing is known, and changes nothing', async () => {
    const [one] = await stored(1);
    if (one === undefined) throw new Error('nothing is stored');
    const name = holderOf(one.key);
    const path = repositoryOf(demo.directory, name);
    const before = logged(demo, one.key);
    renameSync(path, `${path}.away`);
    try {
      const found = notGood(await walkAll({ nodes: [name] }));
      expect(found.map(({ finding }) => finding.kind)).toEqual(['away']);
    } finally {
      renameSync(`${path}.away`, path);
    }
    expect(logged(demo, one.key)).toEqual(before);
    expect(existsSync(badAt(name, one.key))).toBe(false);
  });
});

function byKey(one: { readonly key: string }, other: { readonly key: string }): number {
  return one.key < other.key ? -1 : 1;
}
