import { expect, it } from 'vitest';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { CopyMender, type CopyFinding } from '../../../src/gateway/scrub/copy-mender.ts';
import { ReadingPace } from '../../../src/gateway/scrub/reading-pace.ts';
import { unavailableNode, type StorageNode } from '../../../src/nodes/index.ts';
import { machineClock } from '../../../src/repository/index.ts';
import { streamOf } from '../../../src/stream/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { sha256Key } from '../../support/objects.ts';

const content = Buffer.from('what it is');
const wrong = Buffer.from('what it Is');
const key = sha256Key(content);
const uuid = uuidOf('11111111-1111-4111-8111-111111111111');

/** What a node gives each time that it is read, and in which state. */
type Reading = { readonly bytes: Buffer; readonly state?: string } | Error;

/** Looks at a copy of a node that gives these, one after the other. */
async function look(
  readings: readonly Reading[],
  { isAway = false, readOnly }: { readonly isAway?: boolean; readonly readOnly?: string } = {},
): Promise<{ readonly finding: CopyFinding; readonly moved: number; readonly owed: string[] }> {
  let moved = 0;
  const owed: string[] = [];
  const left = [...readings];
  const node: StorageNode = {
    ...unavailableNode({ uuid, name: 'node', cost: 1, why: 'is imagined' }),
    readOnly,
    has: () => true,
    get: () => {
      const reading = left.shift();
      if (reading === undefined) return Promise.resolve(undefined);
      if (reading instanceof Error) return Promise.reject(reading);
      const { bytes, state = 'one' } = reading;
      return Promise.resolve({ sizeBytes: content.length, stream: streamOf(bytes), state });
    },
    probe: () => (isAway ? Promise.reject(new Error('gone')) : Promise.resolve()),
    quarantine: () => {
      moved += 1;
      return Promise.resolve({ outcome: 'moved', where: 'there' });
    },
  };
  const work = new NodeWork({
    limits: defaultLimits,
    clock: machineClock,
    record: () => Promise.resolve(),
    warn: () => undefined,
  });
  const mender = new CopyMender({
    work,
    clock: machineClock,
    owed: {
      add: ({ why }) => Promise.resolve(void owed.push(why)),
      pay: () => Promise.resolve(),
      has: () => false,
    },
    equivalents: () => Promise.resolve([]),
    nowSeconds: () => 1,
    locations: () => Promise.resolve([uuid]),
    sources: () => Promise.resolve([]),
    keep: () => Promise.reject(new Error('nothing is kept')),
    missing: () => Promise.resolve(),
  });
  const pace = new ReadingPace(machineClock, {});
  const { signal } = new AbortController();
  const finding = await mender.look({ node, key, pace, signal });
  work.watch.close();
  return { finding, moved, owed };
}

it('moves what is wrong twice, and has noted before that it is owed', async () => {
  const { finding, moved, owed } = await look([{ bytes: wrong }, { bytes: wrong }]);
  expect(finding).toMatchObject({ kind: 'damaged', restored: { kind: 'lost' } });
  expect([moved, owed]).toEqual([1, ['damaged']]);
});

it('believes a second reading that is right', async () => {
  const { finding, moved } = await look([{ bytes: wrong }, { bytes: content }]);
  expect([finding.kind, moved]).toEqual(['good', 0]);
});

it('moves nothing that changed between two readings', async () => {
  const readings = [{ bytes: wrong }, { bytes: wrong, state: 'another' }];
  const { finding, moved, owed } = await look(readings);
  expect([finding.kind, moved, owed]).toEqual(['unread', 0, ['unread']]);
});

it('moves nothing that could not be read, or ended too early, and goes back to it', async () => {
  for (const reading of [new Error('EIO'), { bytes: content.subarray(0, 4) }]) {
    const { finding, moved, owed } = await look([reading]);
    expect([finding.kind, moved, owed]).toEqual(['unread', 0, ['unread']]);
  }
});

it('moves nothing where contents are there to be read only, and owes nothing', async () => {
  const readOnly = 'is for readers';
  const { finding, moved, owed } = await look([{ bytes: wrong }, { bytes: wrong }], { readOnly });
  expect(finding).toMatchObject({ kind: 'damaged', quarantined: undefined });
  expect([moved, owed]).toEqual([0, []]);
});

it('knows nothing of any copy of a node that answers nothing', async () => {
  const { finding, moved, owed } = await look([new Error('gone')], { isAway: true });
  expect([finding.kind, moved, owed]).toEqual(['away', 0, []]);
});
