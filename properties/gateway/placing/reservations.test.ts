import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { Allocator } from '../../../src/gateway/placing/allocator.ts';
import { ServedCluster } from '../../../src/gateway/stores/served-cluster.ts';
import { brokenBody, type Upload } from '../../../src/gateway/uploads/upload.ts';
import type { Key } from '../../../src/key/index.ts';
import {
  LiveConfiguration,
  type LocationChange,
  locationLogPath,
  machineClock,
  Repository,
  RepositorySizes,
  setMaxsize,
  setPresence,
  stampOf,
} from '../../../src/repository/index.ts';
import { Turns } from '../../../src/waiting/index.ts';
import { newDemo, nodeNames, repositoryOf } from '../../../test/gateway/served-demo.ts';
import { MemoryNode } from '../../../test/nodes/memory-node.ts';
import { uuidOf } from '../../../test/support/branch.ts';
import { git } from '../../../test/support/git-annex.ts';
import { keyOf } from '../../../test/support/objects.ts';
import { checkAsync } from '../../settings.ts';
import { isErrorCode } from '../../../src/units/index.ts';

const maxsizeBytes = 10_000;

let repository: Repository;
let cluster: ServedCluster;
let nodes: MemoryNode[];
let keysMade = 0;

beforeAll(async () => {
  const gateway = repositoryOf(await newDemo(), 'gateway');
  const value = (name: string): string => git(gateway, 'config', name).trim();
  const uuids = nodeNames.map((name) => uuidOf(value(`remote.${name}.annex-uuid`)));
  repository = await Repository.open(gateway);
  const { branch } = repository;
  await branch.change(
    uuids.map((uuid) => ({
      path: 'maxsize.log',
      edit: (log) =>
        setMaxsize(log ?? '', { uuid, maxsizeBytes: 10_000n, now: stampOf(Date.now()) }),
    })),
  );
  const live = new LiveConfiguration(branch, repository.config);
  nodes = uuids.map((uuid, i) => new MemoryNode({ uuid, name: nodeNames[i] ?? '' }));
  const record = ({ key, repository: uuid, isPresent }: LocationChange): Promise<void> => {
    const now = stampOf(Date.now());
    const path = locationLogPath(key);
    return branch.change([{ path, edit: (log) => setPresence(log, { uuid, isPresent, now }) }]);
  };
  cluster = new ServedCluster(
    {
      uuid: uuidOf(value('annex.cluster.cluster')),
      name: 'cluster',
      nodes,
      refusesUnwanted: true,
    },
    {
      work: new NodeWork({
        clock: machineClock,
        limits: defaultLimits,
        record,
        warn: () => undefined,
      }),
      allocator: new Allocator({
        branch,
        sizes: await RepositorySizes.open(branch),
        configuration: () => live.current(),
      }),
      uploads: new Turns(machineClock),
      missing: { remember: () => Promise.resolve() },
      clock: () => 0,
    },
  );
});
afterAll(() => repository.close());

/** An upload that may break off in the middle, or whose bytes may be too few, after some pauses. */
const uploads = fc.record({
  sizeBytes: fc.oneof(
    fc.integer({ min: 1, max: 6000 }),
    fc.constantFrom(maxsizeBytes, maxsizeBytes + 1, maxsizeBytes / 2, 1),
  ),
  fate: fc.oneof(
    { weight: 4, arbitrary: fc.constant('ends' as const) },
    fc.constantFrom('breaks off' as const, 'is short' as const),
  ),
  pauses: fc.nat({ max: 4 }),
});
type Planned = typeof uploads extends fc.Arbitrary<infer T> ? T : never;

const never = new AbortController().signal;

it('keeps every node within its maxsize however many uploads run at once, and gives all room back', async () => {
  await checkAsync(
    fc.asyncProperty(fc.array(uploads, { minLength: 1, maxLength: 12 }), async (planned) => {
      const keys = await Promise.all(planned.map((plan) => upload(plan)));
      const usedBytes = nodes.map((node) => bytesOn(node));
      await Promise.all(keys.map((key) => cluster.remove(key, { signal: never })));

      const room = await storeWhole();

      expect(Math.max(...usedBytes)).toBeLessThanOrEqual(maxsizeBytes);
      expect(room).toHaveLength(2);
      expect(nodes.map((node) => node.contents.size)).toEqual([0, 0, 0]);
    }),
    12,
  );
});

async function upload(plan: Planned): Promise<Key> {
  keysMade += 1;
  const key = keyOf(`WORM-s${plan.sizeBytes}--${keysMade}`);
  try {
    const { alsoIn } = await cluster.put(uploadOf(key, plan));
    const has = nodes.filter((node) => node.contents.has(`WORM-s${plan.sizeBytes}--${key.name}`));
    const isTold = has.every(({ uuid }) => alsoIn.includes(uuid)) && has.length === alsoIn.length;
    if (!isTold) throw new Error('the answer names other nodes than those that have it');
  } catch (error) {
    if (!isErrorCode(error, 'UNWANTED')) throw error;
  }
  return key;
}

function uploadOf(key: Key, { sizeBytes, fate, pauses }: Planned): Upload {
  async function* body(): AsyncGenerator<Uint8Array> {
    const half = Math.floor(sizeBytes / 2);
    yield Buffer.alloc(half, 1);
    for (let i = 0; i < pauses; i += 1) {
      await new Promise<void>((resolve) => {
        setTimeout(() => resolve(), 1);
      });
    }
    if (fate === 'breaks off') throw brokenBody('connection lost');
    if (fate === 'ends') yield Buffer.alloc(sizeBytes - half, 2);
  }
  const signal = new AbortController().signal;
  const lengthBytes = sizeBytes;
  return { key, associatedFile: undefined, offsetBytes: 0, lengthBytes, body: body(), signal };
}

function bytesOn(node: MemoryNode): number {
  let sum = 0;
  for (const content of node.contents.values()) sum += content.length;
  return sum;
}

/** The nodes that take a content as large as their maxsize: none may have room reserved still. */
async function storeWhole(): Promise<readonly string[]> {
  keysMade += 1;
  const key = keyOf(`WORM-s${maxsizeBytes}--${keysMade}`);
  for (let tries = 0; ; tries += 1) {
    try {
      const plan = { sizeBytes: maxsizeBytes, fate: 'ends', pauses: 0 } as const;
      const { alsoIn } = await cluster.put(uploadOf(key, plan));
      await cluster.remove(key, { signal: never });
      return alsoIn;
    } catch (error) {
      // A reservation ends a moment after the answer.
      if (!isErrorCode(error, 'UNWANTED') || tries > 200) throw error;
      await new Promise<void>((resolve) => {
        setTimeout(() => resolve(), 5);
      });
    }
  }
}
