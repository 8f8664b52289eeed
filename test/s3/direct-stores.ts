import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serializeKey } from '../../src/key/index.ts';
import { thisMachine } from '../../src/repository/index.ts';
import type { S3Client } from '../../src/nodes/special/s3/s3-client.ts';
import { callTo } from '../../src/nodes/special/s3/s3-place.ts';
import { read, specialNode } from '../nodes/special/special-nodes.ts';
import { sha256Key } from '../support/objects.ts';
import { machineLater } from '../support/set-clock.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import type { S3Server } from './s3-server.ts';
import { objectNames, putObject, putWith, s3StoreAt, type S3StoreAt } from './s3-stores.ts';

const never = new AbortController().signal;
const content = Buffer.from('content');
const key = sha256Key(content);
const name = serializeKey(key);
const sentName = `.ballast-pending/sent/${name}`;

/** What a bucket does with what clients send there themselves. */
export function describeDirectStores(s3: () => S3Server): void {
  const storeAt = (laterMs = 0): S3StoreAt =>
    s3StoreAt(s3(), { settings: { signature: 'v4' }, clock: machineLater(laterMs).clock });

  describe('what is sent to a bucket', () => {
    it('is stored as it was when it was taken, whatever is sent afterwards', async () => {
      const { store, client } = storeAt();
      const node = specialNode({ store });
      await putObject(client, sentName, content);
      const taken = await node.direct.take(key);
      if (taken.kind !== 'taken') throw new Error(taken.kind);
      await putObject(client, sentName, Buffer.from('CONTENT'));
      expect(await node.has(key)).toBe(false);

      const deposit = await node.put(key, { sizeBytes: 7, waitMs: 100, signal: never, taken });
      if (deposit === 'present') throw new Error('it is there');
      await deposit.start(0);
      for await (const piece of await taken.read()) await deposit.write(piece);
      await deposit.commit();

      expect(await read(node, key)).toEqual(content);
      await taken.leave('remove');
      await taken.leave('remove');
      expect(await objectNames(client)).toEqual([name]);
      await store.close();
    });

    it('is shown to nobody before it is stored, and then as all that is stored there', async () => {
      const settings = { signature: 'v4', public: 'yes', 'x-amz-meta-of': 'ballast' };
      const { store, client } = s3StoreAt(s3(), { settings });
      const node = specialNode({ store });
      await putObject(client, sentName, content);
      const taken = await node.direct.take(key);
      if (taken.kind !== 'taken') throw new Error(taken.kind);
      const copy = (await objectNames(client)).find((one) => one !== sentName) ?? '';
      expect(copy).toContain(name);
      expect((await shown(client, copy)).status).toBe(403);

      const deposit = await node.put(key, { sizeBytes: 7, waitMs: 100, signal: never, taken });
      if (deposit === 'present') throw new Error('it is there');
      await deposit.start(0);
      await deposit.write(content);
      await deposit.commit();
      const answer = await shown(client, name);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-amz-meta-of')).toBe('ballast');
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      await taken.leave('remove');
      await store.close();
    });

    it('is nothing to another store, which is written to', async () => {
      const [one, other] = [storeAt(), storeAt()];
      await putObject(one.client, sentName, content);
      const taken = await specialNode({ store: one.store }).direct.take(key);
      if (taken.kind !== 'taken') throw new Error(taken.kind);
      const piece = await one.store.direct.take(key, content.length);
      const deposit = await other.store.put(key, { sizeBytes: content.length, taken: piece });
      await deposit.write(content);
      await deposit.commit();
      expect(await read(specialNode({ store: other.store }), key)).toEqual(content);
      expect(await objectNames(one.client)).toHaveLength(3);
      await taken.leave('keep');
      if (piece.kind === 'taken') await piece.leave('keep');
      expect(await objectNames(one.client)).toEqual([sentName]);
      await Promise.all([one.store.close(), other.store.close()]);
    });

    it('is refused by the server when the url is over', async () => {
      const path = join(temporaryDirectory(), 'content');
      writeFileSync(path, content);
      const statuses: number[] = [];
      for (const agoSeconds of [0, 100]) {
        const { store } = storeAt(-agoSeconds * 1000);
        const offer = await specialNode({ store }).direct.offer(key, 60);
        statuses.push(await putWith(JSON.stringify(offer), path));
        await store.close();
      }
      expect(statuses).toEqual([200, 403]);
    });

    it('is removed a day later, with what was taken of it, by a start and by the next url', async () => {
      let laterMs = 0;
      const clock = { ...thisMachine.clock, wallMs: (): number => Date.now() + laterMs };
      const { store, client } = s3StoreAt(s3(), { settings: { signature: 'v4' }, clock });
      const node = specialNode({ store });
      const all = [sentName, '.ballast-pending/0/X--1', '.ballast-pending/notes', name].sort();
      for (const one of all) await putObject(client, one, content);
      laterMs = 23 * 60 * 60 * 1000;
      await node.clear();
      expect(await objectNames(client)).toEqual(all);
      laterMs = 25 * 60 * 60 * 1000;
      await node.clear();
      expect(await objectNames(client)).toEqual(['.ballast-pending/notes', name]);
      await putObject(client, sentName, content);
      await node.direct.offer(key, 60);
      expect(await objectNames(client)).toEqual(['.ballast-pending/notes', name]);
      await store.close();
    });

    it('comes by urls for what is there as it is, and one request can bring', async () => {
      const { store } = storeAt();
      const refusal = async (like: object, asked = key): Promise<string> => {
        const made = await specialNode({ store, ...like }).direct.offer(asked, 60);
        return made.kind === 'refused' ? made.reason : made.kind;
      };
      expect(await refusal({})).toBe('request');
      expect(await refusal({ chunkBytes: 100n })).toBe('chunked');
      expect(await refusal({ readOnly: 'is there to be read' })).toBe('readOnly');
      const huge = { ...key, sizeBytes: 5n * 1024n ** 3n };
      expect(await refusal({}, huge)).toBe('request');
      expect(await refusal({}, { ...huge, sizeBytes: huge.sizeBytes + 1n })).toBe('tooLarge');
      expect(await refusal({}, { ...key, sizeBytes: undefined })).toBe('sizeUnknown');
      expect(await refusal({}, { ...key, backend: 'WORM' })).toBe('noHash');
      await store.close();
    });
  });
}

/** What anybody is answered who asks for an object. */
async function shown({ place }: S3Client, name: string): Promise<Response> {
  const { path } = callTo(place, { method: 'GET', object: `${place.prefix}${name}` });
  return await fetch(`${place.origin}${path}`);
}
