import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/gateway/limits.ts';
import { brokenBody, receive, type Received } from '../../src/gateway/uploads/upload.ts';
import type { SpecialNode } from '../../src/nodes/special/index.ts';
import { thisMachine } from '../../src/repository/index.ts';
import { begin, read, specialNode } from '../nodes/special/special-nodes.ts';
import { sha256Key } from '../support/objects.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';
import { FaultProxy, type AskedOfS3 } from './fault-proxy.ts';
import type { S3Server } from './s3-server.ts';
import { openUploadsOf, s3StoreAt } from './s3-stores.ts';

const never = new AbortController().signal;

/** Of three parts. */
const content = Buffer.alloc(20_000_000, 'abcdefghijk');
const key = sha256Key(content);

/** Sends a content from a byte on, and breaks off at another one if that comes before the end. */
async function send(
  node: SpecialNode,
  from: number,
  { until = content.length, bytes = content }: { until?: number; bytes?: Buffer } = {},
): Promise<Received['outcome']> {
  const deposit = await begin(node, key);
  async function* body(): AsyncGenerator<Uint8Array> {
    for (let at = from; at < until; at += 65_521) {
      await thisMachine.clock.turn();
      yield bytes.subarray(at, Math.min(until, at + 65_521));
    }
    if (until < content.length) throw brokenBody('the client is gone');
  }
  const upload = {
    key,
    associatedFile: undefined,
    offsetBytes: from,
    lengthBytes: content.length - from,
    body: body(),
    signal: never,
  };
  const by = { limits: defaultLimits, clock: thisMachine.clock };
  const { outcome, receivers } = await receive(upload, [{ node, deposit }], by);
  for (const receiver of receivers) await receiver.deposit.commit();
  return outcome;
}

/** Uploads of whole contents that break off, and what becomes of them. */
export function describeS3Resumption(server: () => S3Server): void {
  describe('with an upload that broke off', () => {
    it('goes on with it from any byte that came, and judges all of it', async () => {
      const { store, client, uploads } = s3StoreAt(server());
      const node = specialNode({ store });

      expect(await send(node, 0, { until: 9_000_001 })).toBe('incomplete');
      expect(await node.offsetBytes(key)).toBe(9_000_001);
      expect(await send(node, 9_000_001, { until: 12_345_678 })).toBe('incomplete');
      expect(await node.offsetBytes(key)).toBe(12_345_678);
      expect(await node.has(key)).toBe(false);
      expect(await openUploadsOf(client)).toBe(1);

      expect(await send(node, 12_300_000)).toBe('verified');
      expect((await read(node, key)).equals(content)).toBe(true);
      expect(await openUploadsOf(client)).toBe(0);
      expect(readdirSync(uploads)).toEqual([]);
      expect(await node.offsetBytes(key)).toBe(0);
    });

    it('finds what is wrong in it, before and behind where it broke off', async () => {
      const { store, client } = s3StoreAt(server());
      const node = specialNode({ store });
      const wrong = Buffer.from(content);
      wrong.fill('x', 1_000_000, 1_000_001);
      wrong.fill('x', 19_000_000, 19_000_001);

      for (const [first, second] of [
        [wrong, content],
        [content, wrong],
      ] as const) {
        await send(node, 0, { until: 10_000_000, bytes: first });
        expect(await send(node, 10_000_000, { bytes: second })).toBe('wrong');
        expect(await node.has(key)).toBe(false);
        expect(await node.offsetBytes(key)).toBe(0);
        expect(await openUploadsOf(client)).toBe(0);
      }
    });

    it('tells a client that is back before its end was noticed what it may go on from', async () => {
      const { store } = s3StoreAt(server());
      const node = specialNode({ store });
      const deposit = await begin(node, key);
      await deposit.start(0);
      await deposit.write(content.subarray(0, 1_000_000));
      expect(await node.offsetBytes(key)).toBe(0);
      await deposit.write(content.subarray(1_000_000, 9_000_000));
      expect(await node.offsetBytes(key)).toBe(9_000_000);
      await deposit.abandon('delete');
      expect(await node.offsetBytes(key)).toBe(0);
    });

    it('begins anew where the client does, or where another process has it', async () => {
      const { store, client } = s3StoreAt(server());
      const node = specialNode({ store });
      await send(node, 0, { until: 10_000_000 });
      expect(await send(node, 0, { until: 9_000_000 })).toBe('incomplete');
      expect(await node.offsetBytes(key)).toBe(9_000_000);
      expect(await openUploadsOf(client)).toBe(1);

      const other = specialNode({ store });
      expect(await other.offsetBytes(key)).toBe(0);
      expect(await send(other, 9_000_000)).toBe('gap');
      expect(await send(other, 0)).toBe('verified');
      expect((await read(node, key)).equals(content)).toBe(true);
      await node.close();
    });

    it('keeps nothing of a small one, of one that failed, and after an hour or its end', async () => {
      const { store, client } = s3StoreAt(server());
      const clock = new SimulatedClock();
      const node = specialNode({ store, clock });
      await send(node, 0, { until: 1_000_000 });
      expect(await node.offsetBytes(key)).toBe(0);

      await send(node, 0, { until: 10_000_000 });
      await clock.pass(3_599_000);
      expect(await node.offsetBytes(key)).toBe(10_000_000);
      await clock.pass(2_000);
      expect(await node.offsetBytes(key)).toBe(0);
      await expect.poll(() => openUploadsOf(client)).toBe(0);

      await send(node, 0, { until: 10_000_000 });
      expect(await openUploadsOf(client)).toBe(1);
      const before = s3StoreAt(server(), { settings: { fileprefix: client.place.prefix } });
      await node.close();
      expect(await openUploadsOf(before.client)).toBe(0);
    });

    it('keeps nothing whose end failed: what was judged cannot be judged again', async () => {
      const proxy = await FaultProxy.before(server());
      try {
        const { store, client } = s3StoreAt(proxy.door);
        const node = specialNode({ store });
        const isEnd = ({ method, query }: AskedOfS3): boolean =>
          method === 'POST' && query.has('uploadId');
        proxy.first(1, isEnd, { kind: 'refusal', status: 403, reason: 'AccessDenied' });
        const deposit = await begin(node, key);
        if (deposit.keptHash !== undefined) {
          deposit.keptHash.verifier = { update: () => undefined, matches: () => true };
        }
        await deposit.start(0);
        await deposit.write(content);

        await expect(deposit.commit()).rejects.toThrow('AccessDenied');
        await deposit.abandon('keep');
        expect(await node.offsetBytes(key)).toBe(0);
        expect(await openUploadsOf(client)).toBe(0);
      } finally {
        proxy.close();
      }
    });

    it('gives the oldest up where too many broke off', async () => {
      const { store, client } = s3StoreAt(server());
      const node = specialNode({ store });
      const keys = Array.from({ length: 13 }, (_, at) => sha256Key(Buffer.from(`${at}`)));
      for (const one of keys) {
        const deposit = await begin(node, one);
        await deposit.start(0);
        if (deposit.keptHash !== undefined) {
          deposit.keptHash.verifier = { update: () => undefined, matches: () => false };
        }
        await deposit.write(content.subarray(0, 9_000_000));
        await deposit.abandon('keep');
      }
      const kept = await Promise.all(keys.map((one) => node.offsetBytes(one)));
      expect(kept).toEqual([0, ...Array.from({ length: 12 }, () => 9_000_000)]);
      await expect.poll(() => openUploadsOf(client)).toBe(12);
      await node.close();
    });
  });
}
