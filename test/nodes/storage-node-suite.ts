import { beforeEach, describe, expect, it } from 'vitest';
import type { Key } from '../../src/key/index.ts';
import type { Deposit, PutOptions, Removal, StorageNode } from '../../src/nodes/index.ts';
import { collect, keyOf, sha256Key } from '../support/objects.ts';

/** What a driver may be unable to do, by the names that its file gives reasons for. */
export type Ability = 'lock' | 'resume' | 'readRemoved' | 'newline' | 'blank';

/** A driver under test. */
export interface Driver {
  /** A new and empty node. */
  readonly make: () => Promise<StorageNode> | StorageNode;
  /** What the driver cannot do, with the reason; the tests of that are skipped by name. */
  readonly cannot?: Partial<Readonly<Record<Ability, string>>>;
}

const never = new AbortController().signal;

function putOptions({ sizeBytes = 100, signal = never } = {}): PutOptions {
  return { sizeBytes, waitMs: 10_000, signal };
}

/** Checks what a `StorageNode` promises. Called once by the test file of each driver. */
export function describeStorageNode(name: string, { make, cannot = {} }: Driver): void {
  describe(`${name} as a storage node`, () => {
    let node: StorageNode;
    beforeEach(async () => {
      node = await make();
    });

    describe('a content', () => {
      it('is there once it was committed, and not before', async () => {
        const content = Buffer.from('content');
        const key = sha256Key(content);
        expect(await node.has(key)).toBe(false);
        const deposit = await begin(node, key);
        await deposit.start(0);
        await deposit.write(content);
        expect(await node.has(key)).toBe(false);
        expect(await node.get(key, 0)).toBeUndefined();

        await deposit.commit();

        expect(await node.has(key)).toBe(true);
        expect(await read(node, key, 0)).toEqual(content);
      });

      it('is read from any byte on, and from its end or beyond there is nothing', async () => {
        const content = Buffer.from('0123456789');
        const key = await store(node, content);
        for (const from of [0, 1, 9, 10, 11, 1e12]) {
          const got = await node.get(key, from);
          expect(got?.sizeBytes).toBe(10);
          expect(got?.stream.lengthBytes).toBe(Math.max(0, 10 - from));
          expect(await collect(got?.stream ?? none())).toEqual(content.subarray(from));
          await got?.stream.close();
        }
      });

      it('may be read by many at once, and closed before its end, more than once', async () => {
        const content = Buffer.alloc(1_000_000, 'x');
        const key = await store(node, content);
        const reads = Array.from({ length: 10 }, async (_, i) => {
          if (i % 2 === 0) return await read(node, key, 0);
          const got = await node.get(key, 0);
          await got?.stream.close();
          await got?.stream.close();
          return content;
        });
        for (const bytes of await Promise.all(reads)) expect(bytes.equals(content)).toBe(true);
      });

      it('may be empty, and then it is there all the same', async () => {
        const key = keyOf(
          'SHA256-s0--e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        );
        expect(await store(node, Buffer.alloc(0), key)).toBe(key);
        expect(await node.has(key)).toBe(true);
        expect(await read(node, key, 0)).toHaveLength(0);
      });

      it('may have a key of any form', async () => {
        const texts = ['X--', 'WORM-s3-m5--a/b', 'URL--http://x/%y?&z', 'X-s3--../../etc', 'X--ü'];
        for (const text of texts) {
          expect(await roundTrip(node, keyOf(text))).toBe('removed');
        }
      });

      it.skipIf(cannot.blank !== undefined)('may have a blank in its key', async () => {
        expect(await roundTrip(node, keyOf('X--ü '))).toBe('removed');
      });

      it.skipIf(cannot.newline !== undefined)('may have a newline in its key', async () => {
        expect(await roundTrip(node, keyOf('X--ü\n'))).toBe('removed');
      });
    });

    describe('a deposit', () => {
      it('is answered with present when the content is there', async () => {
        const key = await store(node, Buffer.from('content'));
        expect(await node.put(key, putOptions())).toBe('present');
      });

      it('that is given up leaves no content, and the next one is possible', async () => {
        const content = Buffer.from('content');
        const key = sha256Key(content);
        for (const bytes of ['keep', 'delete'] as const) {
          const deposit = await begin(node, key);
          await deposit.start(0);
          await deposit.write(content);
          await deposit.abandon(bytes);
          await deposit.abandon(bytes);
          expect(await node.has(key)).toBe(false);
        }
        expect(await node.offsetBytes(key)).toBe(0);
        await store(node, content, key);
        expect(await read(node, key, 0)).toEqual(content);
      });

      it('may be given up before it has started', async () => {
        const key = sha256Key(Buffer.from('content'));
        await (await begin(node, key)).abandon('keep');
        expect(await node.offsetBytes(key)).toBe(0);
        await store(node, Buffer.from('content'), key);
      });

      it('of a key waits for the one before it, which may go on unharmed', async () => {
        const content = Buffer.from('content');
        const key = sha256Key(content);
        const first = await begin(node, key);
        await first.start(0);
        const second = node.put(key, putOptions());
        await first.write(content);
        await first.commit();
        expect(await second).toBe('present');
        expect(await read(node, key, 0)).toEqual(content);
      });

      it('that nobody waits for any longer ends its waiting', async () => {
        const key = sha256Key(Buffer.from('content'));
        const first = await begin(node, key);
        const stop = new AbortController();
        const second = node.put(key, putOptions({ signal: stop.signal }));
        stop.abort();
        await expect(second).rejects.toThrow('abort');
        await first.abandon('delete');
        await (await begin(node, key)).abandon('delete');
      });

      it('writes what it is given, though the caller uses the bytes again', async () => {
        const content = Buffer.from('aabbccddee');
        const key = sha256Key(content);
        const deposit = await begin(node, key);
        await deposit.start(0);
        const buffer = Buffer.alloc(2);
        for (let at = 0; at < content.length; at += 2) {
          content.copy(buffer, 0, at, at + 2);
          await deposit.write(buffer);
        }
        await deposit.commit();
        expect(await read(node, key, 0)).toEqual(content);
      });
    });

    describe.skipIf(cannot.resume !== undefined)('an interrupted upload', () => {
      it('is gone on with from any byte that was kept', async () => {
        const content = Buffer.from('0123456789');
        const key = sha256Key(content);
        const first = await begin(node, key);
        await first.start(0);
        await first.write(content.subarray(0, 6));
        await first.abandon('keep');
        expect(await node.offsetBytes(key)).toBe(6);
        expect(await node.has(key)).toBe(false);

        const second = await begin(node, key);
        expect(second.offsetBytes).toBe(6);
        expect(await collect(second.readBack({ fromByte: 0, untilByte: 4 }))).toEqual(
          content.subarray(0, 4),
        );
        expect(await collect(second.readBack({ fromByte: 3, untilByte: 3 }))).toHaveLength(0);
        await second.start(4);
        await second.write(content.subarray(4));
        const range = { fromByte: 2, untilByte: 9 };
        expect(await collect(second.readBack(range))).toEqual(content.subarray(2, 9));
        await second.commit();

        expect(await read(node, key, 0)).toEqual(content);
        expect(await node.offsetBytes(key)).toBe(0);
      });

      it('is never shorter after the next one than before', async () => {
        const key = sha256Key(Buffer.from('0123456789'));
        const first = await begin(node, key);
        await first.start(0);
        await first.write(Buffer.from('012345'));
        await first.abandon('keep');
        const second = await begin(node, key);
        await second.start(0);
        await second.write(Buffer.from('01'));
        await second.abandon('keep');
        expect(await node.offsetBytes(key)).toBe(6);
      });

      it('commits no more than what was written over it', async () => {
        const key = keyOf('X--y');
        const first = await begin(node, key);
        await first.start(0);
        await first.write(Buffer.from('012345'));
        await first.abandon('keep');
        const second = await begin(node, key);
        await second.start(0);
        await second.write(Buffer.from('ab'));
        await second.commit();
        expect(await read(node, key, 0)).toEqual(Buffer.from('ab'));
      });
    });

    describe('removal', () => {
      it('tells what it did, and leaves a partial upload alone', async () => {
        const key = await store(node, Buffer.from('content'));
        expect(await node.remove(key, { signal: never })).toBe('removed');
        expect(await node.has(key)).toBe(false);
        expect(await node.remove(key, { signal: never })).toBe('absent');
        const deposit = await begin(node, key);
        await deposit.start(0);
        await deposit.write(Buffer.from('content'));
        expect(await node.remove(key, { signal: never })).toBe('absent');
        await deposit.commit();
        expect(await node.has(key)).toBe(true);
      });

      it('before a time works while the clock is below it, and what is absent is absent', async () => {
        const key = await store(node, Buffer.from('content'));
        const now = await node.clockSeconds();
        expect(await node.remove(key, { beforeSeconds: now, signal: never })).toBe('late');
        expect(await node.remove(key, { beforeSeconds: now - 100, signal: never })).toBe('late');
        expect(await node.has(key)).toBe(true);
        expect(await node.remove(key, { beforeSeconds: now + 100, signal: never })).toBe('removed');
        expect(await node.remove(key, { beforeSeconds: 0, signal: never })).toBe('absent');
      });

      it('that was given up before it began does not begin', async () => {
        const key = await store(node, Buffer.from('content'));
        expect(await node.remove(key, { signal: AbortSignal.abort() })).toBe('late');
        expect(await node.has(key)).toBe(true);
      });

      it.skipIf(cannot.readRemoved !== undefined)('does not hurt who is reading', async () => {
        const content = Buffer.alloc(500_000, 'x');
        const key = await store(node, content);
        const got = await node.get(key, 0);
        await node.remove(key, { signal: never });
        expect((await collect(got?.stream ?? none())).equals(content)).toBe(true);
      });
    });

    describe.skipIf(cannot.lock !== undefined)('a lock', () => {
      it('keeps the content until each holder has released it', async () => {
        const key = await store(node, Buffer.from('content'));
        const locks = [await node.lock(key), await node.lock(key)];
        for (const lock of locks) {
          expect(await node.remove(key, { signal: never })).toBe('locked');
          expect(await read(node, key, 0)).toEqual(Buffer.from('content'));
          await lock?.release();
          await lock?.release();
        }
        expect(await node.remove(key, { signal: never })).toBe('removed');
      });

      it('that is left keeps the content on', async () => {
        const key = await store(node, Buffer.from('content'));
        await (await node.lock(key))?.leave();
        expect(await node.remove(key, { signal: never })).toBe('locked');
        expect(
          await node.remove(key, {
            beforeSeconds: (await node.clockSeconds()) + 10,
            signal: never,
          }),
        ).toBe('locked');
      });
    });

    it('gives no lock on what is absent', async () => {
      expect(await node.lock(keyOf('X--absent'))).toBeUndefined();
    });

    it('has a clock of whole seconds that never goes backwards', async () => {
      const first = await node.clockSeconds();
      expect(Number.isSafeInteger(first)).toBe(true);
      expect(await node.clockSeconds()).toBeGreaterThanOrEqual(first);
    });
  });
}

async function begin(node: StorageNode, key: Key, sizeBytes?: number): Promise<Deposit> {
  const deposit = await node.put(key, putOptions(sizeBytes === undefined ? {} : { sizeBytes }));
  if (deposit === 'present') throw new Error('the content is there already');
  return deposit;
}

async function store(node: StorageNode, content: Buffer, key = sha256Key(content)): Promise<Key> {
  const deposit = await begin(node, key, content.length);
  await deposit.start(0);
  if (content.length > 0) await deposit.write(content);
  await deposit.commit();
  return key;
}

async function roundTrip(node: StorageNode, key: Key): Promise<Removal> {
  await store(node, Buffer.from('abc'), key);
  expect(await node.has(key)).toBe(true);
  expect(await read(node, key, 1)).toEqual(Buffer.from('bc'));
  return await node.remove(key, { signal: never });
}

async function read(node: StorageNode, key: Key, fromByte: number): Promise<Buffer> {
  const got = await node.get(key, fromByte);
  if (got === undefined) throw new Error('absent');
  const bytes = await collect(got.stream);
  await got.stream.close();
  return bytes;
}

async function* none(): AsyncGenerator<Uint8Array> {}
