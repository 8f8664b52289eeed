import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serializeKey, type Key } from '../../src/key/index.ts';
import type { Clock } from '../../src/clock/index.ts';
import { thisMachine } from '../../src/repository/index.ts';
import { begin, MemoryChunkLog, read, specialNode, store } from '../nodes/special/special-nodes.ts';
import { sha256Key } from '../support/objects.ts';
import { isLong, someOf } from '../support/long.ts';
import { FaultProxy, type AskedOfS3, type Fault } from './fault-proxy.ts';
import type { S3Server } from './s3-server.ts';
import { openUploadsOf, s3StoreAt } from './s3-stores.ts';

const never = new AbortController().signal;
const isPart = ({ method, query }: AskedOfS3): boolean =>
  method === 'PUT' && query.has('partNumber');
const isCompletion = ({ method, query }: AskedOfS3): boolean =>
  method === 'POST' && query.has('uploadId');
const isOf =
  (key: Key, verb: string) =>
  ({ method, path }: AskedOfS3): boolean =>
    method === verb && decodeURIComponent(path).endsWith(serializeKey(key));

/** What a store gets over. */
const passing: readonly (readonly [
  what: string,
  isLike: (asked: AskedOfS3) => boolean,
  fault: Fault,
])[] = [
  ['a part is refused for a while', isPart, { kind: 'refusal', status: 503, reason: 'SlowDown' }],
  ['a part is cut in the middle', isPart, { kind: 'cutRequest', afterBytes: 3_000_000 }],
  ['the answer to a part is lost', isPart, { kind: 'cutAnswer', afterBytes: 0 }],
  ['the answer to the end is lost', isCompletion, { kind: 'cutAnswer', afterBytes: 0 }],
  ['the answer to the end is cut', isCompletion, { kind: 'cutAnswer', afterBytes: 100 }],
  [
    'the end fails behind a 200',
    isCompletion,
    { kind: 'refusal', status: 200, reason: 'InternalError' },
  ],
];

/** Of three parts. */
const large = Buffer.alloc(20_000_000, 'abcdefghijk');
const largeKey = sha256Key(large);
const small = Buffer.from('content');
const smallKey = sha256Key(small);

/** What goes wrong between a gateway and a real server, and behind its back. */
export function describeS3Faults(server: () => S3Server): void {
  describe('with which something goes wrong', () => {
    let proxy: FaultProxy;
    beforeAll(async () => {
      proxy = await FaultProxy.before(server());
    });
    afterEach(() => {
      proxy.fault = () => undefined;
      proxy.asked.length = 0;
      proxy.harmed = 0;
    });
    afterAll(() => proxy.close());

    it.each(someOf(passing, 2))(
      'stores a large content all the same when %s',
      async (_what, isLike, fault) => {
        const at = s3StoreAt(proxy.door, { settings: { signature: 'v4' } });
        const node = specialNode({ store: at.store });
        proxy.first(2, isLike, fault);

        await store(node, largeKey, large);

        expect(proxy.harmed).toBe(2);
        expect((await read(node, largeKey)).equals(large)).toBe(true);
        expect(await openUploadsOf(at.client)).toBe(0);
        expect(readdirSync(at.uploads)).toEqual([]);
      },
    );

    it.each(someOf(['v4', 'v2'], 2))(
      'sends a body again that was damaged on its way, with signatures of %s',
      async (signature) => {
        const at = s3StoreAt(proxy.door, { settings: { signature } });
        const node = specialNode({ store: at.store });
        proxy.first(1, ({ method }) => method === 'PUT', { kind: 'damage' });

        await store(node, smallKey, small);

        expect(proxy.harmed).toBe(1);
        expect(await read(node, smallKey)).toEqual(small);
      },
    );

    it.skipIf(!isLong)(
      'that has too much to do for long has not stored it, and keeps no parts of it',
      async () => {
        const at = s3StoreAt(proxy.door);
        const node = specialNode({ store: at.store });
        proxy.fault = (asked) =>
          isPart(asked) ? { kind: 'refusal', status: 503, reason: 'SlowDown' } : undefined;

        const deposit = await begin(node, largeKey);
        await deposit.start(0);
        await expect(deposit.write(large).then(() => deposit.commit())).rejects.toThrow('SlowDown');
        await deposit.abandon('keep');
        // Four tries of each of the parts that are sent at once.
        const tried = proxy.asked.flatMap((what) => /partNumber=(\d+)/.exec(what)?.[1] ?? []);
        expect(tried.toSorted().join('')).toBe('111122223333');

        expect(await node.has(largeKey)).toBe(false);
        expect(await openUploadsOf(at.client)).toBe(0);
      },
    );

    const losses = [
      ['before a part', isPart],
      ['before the end', isCompletion],
    ] as const;
    it.each(someOf(losses, 1))(
      'that has lost an upload %s has not stored it, whatever stands in its place',
      async (_when, isLike) => {
        const { client } = s3StoreAt(server());
        const object = `${client.place.prefix}${serializeKey(largeKey)}`;
        const lose = async (): Promise<void> => {
          const listed = [
            ['uploads', ''],
            ['prefix', client.place.prefix],
          ] as const;
          const known = await client.ask({ method: 'GET', query: listed });
          const query = [['uploadId', known.all('Upload')[0]?.text('UploadId') ?? '']] as const;
          await (await client.send({ method: 'DELETE', object, query }, [204])).body.dump();
          const body = Buffer.from('somebody else was here');
          await (await client.send({ method: 'PUT', object, body }, [200])).body.dump();
        };
        const settings = { fileprefix: client.place.prefix };
        const node = specialNode({ store: s3StoreAt(proxy.door, { settings }).store });
        proxy.first(1, isLike, { kind: 'meanwhile', act: lose });

        const deposit = await begin(node, largeKey);
        await deposit.start(0);
        const all = deposit.write(large).then(() => deposit.commit());
        // Ceph takes the end of what it does not know for one that somebody else is at.
        await expect(all).rejects.toThrow(/NoSuchUpload|already in progress/);
        await deposit.abandon('keep');

        expect(await node.has(largeKey)).toBe(false);
        expect(await openUploadsOf(client)).toBe(0);
      },
    );

    it('is followed where its clock is another, and else tells what to do', async () => {
      const late = clockThat(thisMachine.clock, () => -3_600_000);
      const followed = specialNode({ store: s3StoreAt(proxy.door, { clock: late }).store });
      await store(followed, smallKey, small);
      expect(await read(followed, smallKey)).toEqual(small);

      proxy.fault = () => ({ kind: 'noDate' });
      const node = specialNode({ store: s3StoreAt(proxy.door, { clock: late }).store });
      await expect(node.has(smallKey)).rejects.toThrow(
        /RequestTimeTooSkewed.*set this machine's clock/,
      );
    });

    it('is followed where a clock goes wrong later, though HEAD is refused without a word', async () => {
      let aheadMs = 0;
      const clock = clockThat(thisMachine.clock, () => aheadMs);
      const node = specialNode({ store: s3StoreAt(proxy.door, { clock }).store });
      await store(node, smallKey, small);
      aheadMs = 3_600_000;
      expect(await node.has(smallKey)).toBe(true);
    });

    it.each([
      [{ settings: { bucket: 'nowhere' } }, /make (it|the bucket), or have/],
      [{ secret: 'wrong' }, /SignatureDoesNotMatch.*AWS_SECRET_ACCESS_KEY/],
    ] as const)('tells what to do about %j', async (unusual, way) => {
      const node = specialNode({ store: s3StoreAt(proxy.door, unusual).store });
      await expect(node.has(smallKey)).rejects.toThrow(way);
      await expect(store(node, smallKey, small)).rejects.toThrow(way);
    });

    it('gives a content that was cut into chunks of another size before', async () => {
      const { store: s3 } = s3StoreAt(proxy.door);
      const chunkLog = new MemoryChunkLog();
      const content = Buffer.alloc(250_000, 'abcdefghijk');
      const key = sha256Key(content);
      await store(specialNode({ store: s3, chunkLog, chunkBytes: 100_000n }), key, content);
      for (const now of [{ chunkBytes: 60_000n }, {}]) {
        const node = specialNode({ store: s3, chunkLog, ...now });
        expect((await read(node, key, 130_000)).equals(content.subarray(130_000))).toBe(true);
        expect((await read(node, key)).equals(content)).toBe(true);
        expect(await node.put(key, { sizeBytes: content.length, waitMs: 100, signal: never })).toBe(
          'present',
        );
      }
      const node = specialNode({ store: s3, chunkLog, chunkBytes: 60_000n });
      expect(await node.remove(key, { signal: never })).toBe('removed');
      expect(await specialNode({ store: s3, chunkLog, chunkBytes: 100_000n }).has(key)).toBe(false);
    });

    it('passes nothing on as good that somebody has replaced', async () => {
      const { store: s3, client } = s3StoreAt(proxy.door);
      const told: string[] = [];
      const node = specialNode({ store: s3, told: (what) => told.push(what) });
      await store(node, smallKey, small);
      const object = `${client.place.prefix}${serializeKey(smallKey)}`;
      const replace = async (text: string): Promise<void> => {
        const body = Buffer.from(text);
        await (await client.send({ method: 'PUT', object, body }, [200])).body.dump();
      };

      await replace('CONTENT');
      await expect(read(node, smallKey)).rejects.toThrow('is not');
      expect(told.at(-1)).toContain(serializeKey(smallKey));

      await replace('another length');
      expect(await node.has(smallKey)).toBe(false);
      expect(told.at(-1)).toContain('another size');
      await store(node, smallKey, small);
      expect(await read(node, smallKey)).toEqual(small);
    });

    it('that breaks off a download has not given all of it', async () => {
      const node = specialNode({ store: s3StoreAt(proxy.door).store });
      await store(node, largeKey, large);
      proxy.first(1, isOf(largeKey, 'GET'), { kind: 'cutAnswer', afterBytes: 5_000_000 });
      await expect(read(node, largeKey)).rejects.toThrow('other side closed');
      expect((await read(node, largeKey)).equals(large)).toBe(true);
    });
  });
}

/** A clock whose time of day is off. */
function clockThat(clock: Clock, aheadMs: () => number): Clock {
  return {
    steadyMs: () => clock.steadyMs(),
    wallMs: () => clock.wallMs() + aheadMs(),
    after: (...asked) => clock.after(...asked),
    every: (...asked) => clock.every(...asked),
    sleep: (...asked) => clock.sleep(...asked),
    turn: () => clock.turn(),
    uuid: () => clock.uuid(),
    bytes: (count) => clock.bytes(count),
    random: () => clock.random(),
  };
}
