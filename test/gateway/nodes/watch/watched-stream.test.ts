import { expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/gateway/limits.ts';
import { NodeWatch } from '../../../../src/gateway/nodes/watch/node-watch.ts';
import { NodeFailures, watchedStream } from '../../../../src/gateway/nodes/watch/watched-stream.ts';
import type { ByteStream } from '../../../../src/stream/index.ts';
import { imaginaryUuid } from '../../../support/branch.ts';
import { MemoryNode } from '../../../nodes/memory-node.ts';
import { SimulatedClock } from '../../../support/simulated-clock.ts';

const never = new Promise<never>(() => undefined);
const piece = new Uint8Array(10);

/** A stream that gives one piece, and then does something else. */
function onePiece(then: () => Promise<void>, close = (): Promise<void> => never): ByteStream {
  return {
    lengthBytes: 20,
    async *[Symbol.asyncIterator]() {
      yield piece;
      await then();
    },
    pour: async (take) => {
      if (await take(piece)) await then();
    },
    close,
  };
}

type Take = (piece: Uint8Array) => Promise<boolean>;

/** The two ways to read a stream. */
const ways = [
  ['piece by piece', iterate],
  ['poured', (stream: ByteStream, take: Take) => stream.pour?.(take)],
] as const;

async function iterate(stream: ByteStream, take: Take): Promise<void> {
  for await (const piece of stream) if (!(await take(piece))) return;
}

interface Watched {
  readonly node: MemoryNode;
  readonly failures: NodeFailures;
  readonly clock: SimulatedClock;
  readonly watched: (stream: ByteStream) => ByteStream;
}

function watching(limits: Partial<typeof defaultLimits>): Watched {
  const all = { ...defaultLimits, ...limits };
  const node = new MemoryNode({ uuid: imaginaryUuid(1), name: 'node' });
  const failures = new NodeFailures();
  const clock = new SimulatedClock();
  const by = { limits: all, watch: new NodeWatch(all, clock), failures };
  return { node, failures, clock, watched: (stream) => watchedStream(node, stream, by) };
}

it.each(ways)('%s: a stream whose node gives nothing any more fails', async (_, read) => {
  const { watched, failures, clock } = watching({ nodeStallMs: 100 });
  const stream = watched(onePiece(() => never));
  let bytes = 0;

  const reading = read(stream, (piece) => {
    bytes += piece.length;
    return Promise.resolve(true);
  });

  const failed = clock.ended(Promise.resolve(reading));
  await expect(failed).rejects.toThrow('no answer within 100 ms');
  await clock.ended(stream.close());
  expect(bytes).toBe(10);
  expect(failures.counts.get('node')).toBe(1);
});

it.each(ways)('%s: a stream fails as soon as its node is suspected', async (_, read) => {
  const { node, watched, clock } = watching({ nodeDoubtMs: 20, nodeProbeMs: 100 });
  node.before = () => never;
  const stream = watched(onePiece(() => never));

  const reading = Promise.resolve(read(stream, () => Promise.resolve(true)));
  await expect(clock.ended(reading)).rejects.toThrow('not answered since');
  await clock.ended(stream.close());
});

it.each(ways)('%s: how long a reader takes is no fault of the node', async (_, read) => {
  const { watched, failures, clock } = watching({ nodeStallMs: 100 });
  const slowly = async (): Promise<boolean> => {
    await clock.sleep(300);
    return true;
  };
  const reading = read(watched(onePiece(() => Promise.resolve())), slowly);
  await clock.pass(300);
  await reading;

  const gone = read(watched(onePiece(() => never)), () => Promise.reject(new Error('gone')));

  await expect(gone).rejects.toThrow('gone');
  expect(failures.counts.size).toBe(0);
});

it.each(ways)('%s: what a node says is wrong comes as it is', async (_, read) => {
  const { watched } = watching({});
  const stream = watched(onePiece(() => Promise.reject(new Error('it changed'))));

  await expect(read(stream, () => Promise.resolve(true))).rejects.toThrow('it changed');
});

it('a stream that cannot be closed keeps nobody waiting for ever', async () => {
  const { watched, clock } = watching({ nodeStallMs: 100 });
  const stream = watched(onePiece(() => Promise.resolve()));
  await clock.ended(iterate(stream, () => Promise.resolve(false)));

  expect(await clock.ended(stream.close())).toBeUndefined();
});
