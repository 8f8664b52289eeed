import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Key } from '../../../src/key/index.ts';
import type { SpecialNode } from '../../../src/nodes/special/index.ts';
import type { PieceStore } from '../../../src/nodes/special/pieces/piece-store.ts';
import { collect, keyOf, sha256Key, temporaryDirectory } from '../../support/objects.ts';
import {
  begin,
  directoryStore,
  MemoryChunkLog,
  placeIn,
  read,
  specialNode,
  store,
} from './special-nodes.ts';

const never = new AbortController().signal;
const content = Buffer.from('0123456789');
const key = sha256Key(content);

let directory: string;
let chunkLog: MemoryChunkLog;

beforeEach(() => {
  directory = temporaryDirectory();
  chunkLog = new MemoryChunkLog();
});

describe('a special remote with chunks', () => {
  it('has each chunk under a key of its own, and logs how many there are', async () => {
    await store(chunked(4n), key, content);
    for (const [number, text] of ['0123', '4567', '89'].entries()) {
      expect(readFileSync(placeIn(directory, chunkKey(4n, number + 1)), 'utf8')).toBe(text);
    }
    expect(await chunkLog.read(key)).toEqual([{ chunkBytes: 4n, count: 3n }]);
  });

  it('has no empty last chunk, and one chunk of what is empty', async () => {
    await store(chunked(5n), key, content);
    expect(await chunkLog.read(key)).toEqual([{ chunkBytes: 5n, count: 2n }]);
    const empty = sha256Key(Buffer.alloc(0));
    await store(chunked(5n), empty, Buffer.alloc(0));
    expect(await chunkLog.read(empty)).toEqual([{ chunkBytes: 5n, count: 1n }]);
    expect(
      readFileSync(placeIn(directory, { ...empty, chunkSizeBytes: 5n, chunkNumber: 1n })),
    ).toHaveLength(0);
  });

  it('cuts nothing of which the key tells no size', async () => {
    const url = keyOf('URL--http://x/y');
    await store(chunked(4n), url, content);
    expect(readFileSync(placeIn(directory, url))).toEqual(content);
    expect(await chunkLog.read(url)).toEqual([]);
  });

  it('shows no content before all of it was judged, and keeps whole chunks of what broke off', async () => {
    const node = chunked(4n);
    const deposit = await begin(node, key);
    await deposit.start(0);
    await deposit.write(content);
    expect(existsSync(placeIn(directory, chunkKey(4n, 3)))).toBe(false);
    expect(await node.has(key)).toBe(false);
    expect(await node.get(key, 0)).toBeUndefined();
    await deposit.abandon('keep');

    expect(await node.offsetBytes(key)).toBe(8);
    const second = await begin(node, key);
    expect(second.offsetBytes).toBe(8);
    expect(await collect(second.readBack({ fromByte: 1, untilByte: 8 }))).toEqual(
      content.subarray(1, 8),
    );
    await second.start(6);
    await second.write(content.subarray(6));
    await second.commit();
    expect(await read(node, key)).toEqual(content);
    expect(readFileSync(placeIn(directory, chunkKey(4n, 2)), 'utf8')).toBe('4567');
  });

  it('keeps nothing of what was wrong', async () => {
    const node = chunked(4n);
    const deposit = await begin(node, key);
    await deposit.start(0);
    await deposit.write(Buffer.from('9876543210'));
    await deposit.abandon('delete');
    expect(await node.offsetBytes(key)).toBe(0);
    expect(readdirSync(directory)).toEqual(['tmp']);
  });

  it('stores no last chunk when others were removed meanwhile', async () => {
    const node = chunked(4n);
    const deposit = await begin(node, key);
    await deposit.start(0);
    await deposit.write(content);
    await vi.waitUntil(() => existsSync(placeIn(directory, chunkKey(4n, 1))));
    lose(chunkKey(4n, 1));
    await expect(deposit.commit()).rejects.toThrow('removed while it was uploaded');
    await deposit.abandon('keep');
    expect(await node.has(key)).toBe(false);
    expect(await chunkLog.read(key)).toEqual([]);
  });

  it('is nothing when any chunk could not be stored, and says why', async () => {
    for (const failing of [1, 2, 3]) {
      const files = directoryStore(directory);
      const store: PieceStore = {
        look: (piece) => files.look(piece),
        get: (piece, fromByte) => files.get(piece, fromByte),
        remove: (piece) => files.remove(piece),
        probe: (kind) => files.probe(kind),
        close: () => files.close(),
        put: async (piece, options) => {
          const deposit = await files.put(piece, options);
          if (piece.chunkNumber !== BigInt(failing)) return deposit;
          return {
            write: (bytes) => deposit.write(bytes),
            abandon: () => deposit.abandon(),
            commit: () => Promise.reject(new Error('the disk is tired')),
          };
        },
      };
      const node = specialNode({ store, chunkBytes: 4n, chunkLog });
      const deposit = await begin(node, key);
      const all = async (): Promise<void> => {
        await deposit.start(0);
        await deposit.write(content);
        await deposit.commit();
      };
      await expect(all()).rejects.toThrow('the disk is tired');
      await deposit.abandon('delete');
      expect(await node.has(key)).toBe(false);
      expect(await chunkLog.read(key)).toEqual([]);
      expect(readdirSync(directory)).toEqual(['tmp']);
      expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
    }
  });

  it('finds chunks of any size that is logged, and of its own size without a log', async () => {
    await store(chunked(4n), key, content);
    expect(await read(chunked(7n), key)).toEqual(content);
    expect(await chunked(undefined).has(key)).toBe(true);
    chunkLog = new MemoryChunkLog();
    expect(await chunked(7n).has(key)).toBe(false);
    expect(await read(chunked(4n), key)).toEqual(content);
    expect(await chunked(4n).settle(key)).toBe(true);
    expect(await chunkLog.read(key)).toEqual([{ chunkBytes: 4n, count: 3n }]);
  });

  it('goes on with chunks of another size where one is missing, from any byte', async () => {
    await store(chunked(3n), key, content);
    const log = chunkLog;
    chunkLog = new MemoryChunkLog();
    await store(chunked(4n), key, content);
    await log.write(key, await chunkLog.read(key));
    chunkLog = log;
    // Found out while it is read: the ends of the first ones are there.
    const node = chunked(3n);
    const got = await node.get(key, 1);
    lose(chunkKey(3n, 3));
    expect(await collect(got?.stream ?? none())).toEqual(content.subarray(1));
    expect(await node.has(key)).toBe(true);
  });

  it('removes the chunks of all sizes, the whole, and what broken uploads left', async () => {
    await store(chunked(3n), key, content);
    const second = chunked(4n);
    expect(await second.put(key, { sizeBytes: 10, waitMs: 100, signal: never })).toBe('present');
    await store(
      specialNode({ store: directoryStore(directory), chunkLog: new MemoryChunkLog() }),
      key,
      content,
    );
    mkdirSync(dirname(placeIn(directory, chunkKey(4n, 1))), { recursive: true });
    writeFileSync(placeIn(directory, chunkKey(4n, 1)), '0123');
    expect(await second.remove(key, { signal: never })).toBe('removed');
    expect(readdirSync(directory)).toEqual(['tmp']);
    expect(await chunkLog.read(key)).toEqual([{ chunkBytes: 3n, count: 0n }]);
    expect(await second.has(key)).toBe(false);
  });

  it('is not there when any chunk is not', async () => {
    for (const number of [1, 2, 3]) {
      await store(chunked(4n), key, content);
      lose(chunkKey(4n, number));
      expect(await chunked(4n).has(key)).toBe(false);
      expect(await chunked(4n).get(key, 0)).toBeUndefined();
    }
  });
});

function chunked(chunkBytes: bigint | undefined): SpecialNode {
  const cut = chunkBytes === undefined ? {} : { chunkBytes };
  return specialNode({ store: directoryStore(directory), chunkLog, ...cut });
}

function chunkKey(chunkSizeBytes: bigint, number: number): Key {
  return { ...key, chunkSizeBytes, chunkNumber: BigInt(number) };
}

function lose(piece: Key): void {
  const own = dirname(placeIn(directory, piece));
  chmodSync(own, 0o755);
  rmSync(own, { recursive: true });
}

async function* none(): AsyncGenerator<Uint8Array> {}
